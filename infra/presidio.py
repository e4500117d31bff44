"""Personal data in prompts: our own rules, and Presidio's for what it knows better; no model, no network."""

import threading
from collections.abc import Sequence
from typing import Any, Final

from gateway.masking import Finding
from gateway.personal.rules import Rules

_KINDS: Final = {"CRYPTO": "WALLET", "MAC_ADDRESS": "MAC"}
_RULES: Final = Rules()


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
        with self._lock:
            if self._recognisers is None:
                self._recognisers = _presidios()
        found = list(_RULES.find(text))
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
