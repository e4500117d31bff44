"""Personal data in prompts found by Presidio's rules on a blank spaCy pipeline: no model, no network."""

import threading
from collections.abc import Sequence
from typing import Any, Final

from gateway.masking import Finding

SCORE_MIN = 0.4
"""Below it stand patterns that nothing around them supports: nine digits in a row, for example."""

_KINDS: Final = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "IBAN_CODE": "IBAN",
    "CREDIT_CARD": "CARD",
    "IP_ADDRESS": "IP",
    "US_SSN": "SSN",
    "CRYPTO": "WALLET",
    "MAC_ADDRESS": "MAC",
    "URL_WITH_CREDENTIALS": "URL",
}
_URL_WITH_CREDENTIALS: Final = r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,100}:[^\s/@]{1,200}@[^\s<>\"')\]]{1,500}"
_PHONE_REGIONS: Final = ("US", "GB", "DE", "FR", "ES", "IT", "PL", "NL", "CH", "AT", "IN")


class PresidioRecogniser:
    """Implements gateway.masking.Recogniser; made when it is first used, because its libraries are heavy."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    def find(self, text: str) -> Sequence[Finding]:
        """Return what was found, overlapping or not."""
        with self._lock:
            if self._engine is None:
                self._engine = _engine()
        results = self._engine.analyze(text, language="en", entities=list(_KINDS), score_threshold=SCORE_MIN)
        return [Finding(_KINDS[result.entity_type], result.start, result.end) for result in results]


def _engine() -> Any:
    import spacy  # noqa: PLC0415  # heavy; only when a prompt first leaves
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415
    from presidio_analyzer.predefined_recognizers import (  # noqa: PLC0415
        CreditCardRecognizer,
        CryptoRecognizer,
        EmailRecognizer,
        IbanRecognizer,
        IpRecognizer,
        MacAddressRecognizer,
        PhoneRecognizer,
        UsSsnRecognizer,
    )

    class AnyEmail(EmailRecognizer):
        """An address in a domain that no public list knows is an address all the same."""

        def validate_result(self, pattern_text: str) -> bool | None:
            del pattern_text
            return None

    class BlankPipeline(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}  # type: ignore[assignment]

    pipeline = BlankPipeline()
    pipeline.load()
    registry = RecognizerRegistry(
        recognizers=[
            AnyEmail(),
            PhoneRecognizer(supported_regions=_PHONE_REGIONS),
            IbanRecognizer(),
            CreditCardRecognizer(),
            IpRecognizer(),
            UsSsnRecognizer(),
            CryptoRecognizer(),
            MacAddressRecognizer(),
            PatternRecognizer(
                supported_entity="URL_WITH_CREDENTIALS", patterns=[Pattern("url", _URL_WITH_CREDENTIALS, score=1.0)]
            ),
        ]
    )
    return AnalyzerEngine(registry=registry, nlp_engine=pipeline, supported_languages=["en"])
