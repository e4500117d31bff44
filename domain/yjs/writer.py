"""The lib0 encodings we write: varUint, varUint8Array, varString."""


def uint(value: int) -> bytes:
    if value < 0:
        raise ValueError("a varUint is not negative")
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def sized(data: bytes) -> bytes:
    return uint(len(data)) + data


def string(text: str) -> bytes:
    return sized(text.encode())
