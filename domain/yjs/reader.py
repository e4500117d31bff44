"""A cursor over untrusted lib0 bytes that never reads past its end and never believes a length."""

from typing import Final

VARUINT_MAX: Final = 2**53 - 1
VARUINT_BYTES_MAX: Final = 8


class Malformed(ValueError):
    """Bytes that no honest client sends. Carries where and why, never what."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} at byte {offset}")
        self.reason = reason
        self.offset = offset


class Reader:
    """Reads forward; `error` is the exception that a bad byte raises."""

    __slots__ = ("_data", "_error", "end", "position")

    def __init__(self, data: bytes, error: type[Malformed]) -> None:
        self._data = data
        self._error = error
        self.position = 0
        self.end = len(data)

    def refuse(self, reason: str) -> Malformed:
        return self._error(reason, self.position)

    @property
    def remaining(self) -> int:
        return self.end - self.position

    def expect_end(self) -> None:
        if self.position != self.end:
            raise self.refuse("trailing bytes")

    def byte(self) -> int:
        position = self.position
        if position >= self.end:
            raise self.refuse("truncated")
        self.position = position + 1
        return self._data[position]

    def uint(self, maximum: int = VARUINT_MAX) -> int:
        """One varUint of at most `maximum`, in its shortest form."""
        data, position, end = self._data, self.position, self.end
        if position < end and data[position] < 0x80:  # noqa: PLR2004 - the continuation bit; most numbers are short
            value = data[position]
            self.position = position + 1
        else:
            value = self._long_uint()
        if value > maximum:
            raise self.refuse("number too large")
        return value

    def _long_uint(self) -> int:
        value = shift = 0
        for _ in range(VARUINT_BYTES_MAX):
            group = self.byte()
            value |= (group & 0x7F) << shift
            shift += 7
            if not group & 0x80:
                if not group:
                    raise self.refuse("overlong number")
                return value
        raise self.refuse("overlong number")

    def skip_signed(self) -> None:
        """Step over one varInt (six bits and the sign, then seven bits a byte)."""
        if self.byte() & 0x80:
            for _ in range(VARUINT_BYTES_MAX):
                if not self.byte() & 0x80:
                    return
            raise self.refuse("overlong number")

    def skip(self, count: int) -> None:
        if count > self.remaining:
            raise self.refuse("truncated")
        self.position += count

    def byte_array(self, maximum: int = VARUINT_MAX) -> bytes:
        """One varUint8Array of at most `maximum` bytes."""
        length = self.uint()
        if length > maximum:
            raise self.refuse("too long")
        if length > self.remaining:
            raise self.refuse("truncated")
        start = self.position
        self.position = start + length
        return self._data[start : self.position]

    def string(self, maximum: int = VARUINT_MAX) -> str:
        """One varString whose UTF-8 takes at most `maximum` bytes."""
        start = self.position
        try:
            return self.byte_array(maximum).decode()
        except UnicodeDecodeError:
            raise self._error("invalid UTF-8", start) from None
