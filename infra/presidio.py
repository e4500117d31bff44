"""Personal data in prompts: our own rules, and Presidio's for what it knows better; no model, no network."""

import re
import threading
from collections.abc import Sequence
from typing import Any, Final

from gateway.masking import Finding
from gateway.personal.rules import Rules

_KINDS: Final = {"CRYPTO": "WALLET", "MAC_ADDRESS": "MAC"}
_RULES: Final = Rules()
# Each of these recognisers lets go of the interpreter while it looks, and waits until it has it again.
_WORTH_ASKING: Final = re.compile(
    r"(?:bc1|[13])[a-z0-9]{25}|[0-9a-f]{2}[:-][0-9a-f]{2}[:-]|[0-9a-f]{4}\.[0-9a-f]{4}\.", re.IGNORECASE
)
"""What the beginning of an address of a wallet or a device looks like: nothing else is theirs to find."""


class PresidioRecogniser:
    """
    Implements gateway.masking.Recogniser; made when it is first used, because its library is heavy.

    Presidio's recognisers are asked one by one: its engine looks for words around what is found in a time that grows
    with the square of the text, and its telephone numbers are parsed once for each country.
    """

    def __init__(self) -> None:
        self._recognisers: tuple[Any, ...] | None = None
        self._lock = threading.Lock()

    def find(self, text: str) -> Sequence[Finding]:
        """Return what was found, overlapping or not."""
        found = list(_RULES.find(text))
        if _WORTH_ASKING.search(text) is None:
            return found
        with self._lock:
            if self._recognisers is None:
                self._recognisers = _presidios()
        for recogniser in self._recognisers:
            results = recogniser.analyze(text, recogniser.supported_entities, None)
            found += [Finding(_KINDS[one.entity_type], one.start, one.end) for one in results]
        return found


def _presidios() -> tuple[Any, ...]:
    # Heavy, so only when a prompt first leaves; and the package first, because somebody else may be importing it now:
    # whoever begins with its inner module then finds it half done.
    import presidio_analyzer  # noqa: F401, PLC0415
    from presidio_analyzer.predefined_recognizers import (  # noqa: PLC0415
        CryptoRecognizer,
        MacAddressRecognizer,
    )

    return CryptoRecognizer(), MacAddressRecognizer()
