"""On what it was measured: without it no figure means anything."""

import os
import platform
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

_SYNCS = 200


def machine() -> dict[str, object]:
    """Return the processor, the memory, the versions and how many small writes a second the disk makes durable."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "syncs_per_second": round(_syncs_per_second()),
        "load_before": round(psutil.getloadavg()[0], 2),
    }


def commit() -> str:
    """Return the commit that is measured, marked when files differ from it."""
    shown = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or "unknown"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _syncs_per_second() -> float:
    with TemporaryDirectory(dir="/tmp") as folder:
        descriptor = os.open(Path(folder) / "synced", os.O_CREAT | os.O_WRONLY)
        try:
            started = time.perf_counter()
            for _ in range(_SYNCS):
                os.pwrite(descriptor, bytes(8192), 0)
                os.fdatasync(descriptor)
            return _SYNCS / (time.perf_counter() - started)
        finally:
            os.close(descriptor)
