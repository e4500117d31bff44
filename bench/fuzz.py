"""`python -m bench.fuzz [--seconds N]`: coverage-guided bytes for each parser that stands before the CRDT."""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.yjs import hocuspocus, protocol, writer
from tests.fuzz.targets import TARGETS
from tests.fuzz.updates import real_updates

PRESENCE = bytes.fromhex("01080101027b7d")
ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    wanted = parser.parse_args()
    failed = [target for target in TARGETS if not _survives(target, max(1, wanted.seconds // len(TARGETS)))]
    print(f"found faults in: {', '.join(failed)}" if failed else "nothing found")
    return 1 if failed else 0


def _survives(target: str, seconds: int) -> bool:
    """Fuzz in a process of its own: the fuzzer ends its process in its own way."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(_seeds(target)):
            (corpus / str(number)).write_bytes(seed)
        ended = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.targets", target, str(corpus), f"-max_total_time={seconds}",
             "-max_len=4096", "-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={folder}/"],
            cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        counted = [line for line in ended.stderr.splitlines() if "number_of_executed_units" in line]
        print(f"{target}: {''.join(counted) or 'no figures'}", flush=True)
        if ended.returncode:
            print(ended.stderr[-4000:])
            for found in Path(folder).glob("*-*"):
                print(f"{found.name}: {found.read_bytes().hex()}")
    return ended.returncode == 0


def _seeds(target: str) -> list[bytes]:
    updates = real_updates()
    messages = [PRESENCE, *(protocol.write_message(protocol.Update(update=update)) for update in updates)]
    token = bytes((hocuspocus.Kind.AUTH, 0)) + writer.string("token") + writer.string("4.0.0")
    frames = [writer.string("document") + body for body in (*messages, token, hocuspocus.close("gone"))]
    return {"message": messages, "frame": frames}.get(target, updates)


if __name__ == "__main__":
    raise SystemExit(main())
