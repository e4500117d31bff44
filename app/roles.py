"""Which part of the platform a process is."""

from enum import StrEnum


class Role(StrEnum):
    """`api` serves the data plane, `control` the control plane, `worker` runs projections, `all` does everything."""

    ALL = "all"
    API = "api"
    WORKER = "worker"
    CONTROL = "control"
