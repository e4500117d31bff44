"""How much one update or one message may ask of us before it is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLimits:
    """Bounds on one Yjs update; each is checked before the work or memory it bounds is spent."""

    bytes_max: int = 16 * 1024 * 1024
    depth_levels_max: int = 100  # of nested values, and of types inside types
    structs_max: int = 500_000
    clients_max: int = 20_000
    delete_ranges_max: int = 500_000
    values_max: int = 500_000  # of arrays and objects inside Any content, all levels counted
    claimed_length_units_max: int = 2**24  # one GC, Skip or Deleted struct carries no bytes for its length
    clock_units_max: int = 2**31 - 1  # yrs keeps clocks in 32 bits
    client_id_max: int = 2**53 - 1
    name_bytes_max: int = 4096  # of a root type, an element or an attribute
    is_own_state: bool = False  # made by the CRDT of what was let in: what waits in vain is in it too


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLimits:
    """Bounds on one y-protocols message."""

    bytes_max: int = 16 * 1024 * 1024 + 64
    entries_max: int = 1024  # of one awareness message
    state_bytes_max: int = 16 * 1024  # of one awareness entry
    depth_levels_max: int = 20  # of the JSON in one awareness entry
    state_vector_entries_max: int = 8 * 1024 * 1024  # what a message holds, of two bytes each
    reason_bytes_max: int = 1024
    client_id_max: int = 2**53 - 1
    clock_units_max: int = 2**53 - 1
