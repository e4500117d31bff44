"""`make eval-pii`: print how well masking does, per kind and in all, and write the page when asked to."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from presidio_analyzer.predefined_recognizers import EmailRecognizer

from bench.safety import pii
from gateway.masking import Finding, Recogniser
from infra.presidio import PresidioRecogniser

PAGE = Path("docs/benchmarks/personal-data.md")
TIMES = 40
_OTHER_NAMES = {"URL": "URL", "CREDIT_CARD": "CARD", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE"}


class _AnyEmail(EmailRecognizer):
    def validate_result(self, pattern_text: str) -> bool | None:
        del pattern_text
        return None


class PresidioAlone:
    """Presidio as it comes, on a blank pipeline: every recogniser that needs no trained model and no network."""

    def __init__(self) -> None:
        import spacy  # noqa: PLC0415
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415
        from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415

        class Blank(SpacyNlpEngine):
            def load(self) -> None:
                self.nlp = {"en": spacy.blank("en")}  # type: ignore[assignment]

        pipeline = Blank()
        pipeline.load()
        registry = RecognizerRegistry()
        registry.load_predefined_recognizers(languages=["en"], nlp_engine=pipeline)
        # What asks for the list of public suffixes over the network.
        registry.remove_recognizer("EmailRecognizer")
        registry.add_recognizer(_AnyEmail())
        self._engine = AnalyzerEngine(registry=registry, nlp_engine=pipeline, supported_languages=["en"])
        self._without = {"PERSON", "LOCATION", "NRP", "DATE_TIME", "ORGANIZATION", "URL"}
        self._entities = [name for name in self._engine.get_supported_entities("en") if name not in self._without]

    def find(self, text: str) -> Sequence[Finding]:
        found = self._engine.analyze(text, language="en", entities=self._entities, score_threshold=0.4)
        return [Finding(_OTHER_NAMES.get(one.entity_type, one.entity_type), one.start, one.end) for one in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES, help="texts of each template")
    parser.add_argument("--show", type=int, default=0, help="how many misses and false alarms of development to show")
    parser.add_argument("--page", action="store_true", help="write the page of the documentation")
    given = parser.parse_args()
    ours: list[Recogniser] = [PresidioRecogniser(), pii.tenant_names()]
    development = list(pii.texts(held_out=False, times=given.times))
    held_out = list(pii.texts(held_out=True, times=given.times))
    tuned, score = pii.scored(development, ours), pii.scored(held_out, ours)
    alone = pii.scored(held_out[:: max(1, given.times // 4)], [PresidioAlone()])
    taken = pii.milliseconds(held_out, ours)
    for kind, value, text in (*tuned.missed[: given.show], *tuned.wrong[: given.show]):
        print(f"{kind}: {value!r} in {text!r}")
    table = _table(score)
    if given.show:
        print(_table(tuned))
    lines = [
        f"| development, {len(development)} texts | {tuned.recall():.4f} | {tuned.precision():.4f} |",
        f"| held out, {len(held_out)} texts | {score.recall():.4f} | {score.precision():.4f} |",
        f"| Presidio as it comes, held out | {alone.recall():.4f} | {alone.precision():.4f} |",
    ]
    print(table)
    print("\n".join(lines))
    print(f"pii_recall={score.recall():.4f} pii_precision={score.precision():.4f} pii_p50_ms={taken:.2f}")
    if given.page:
        PAGE.write_text(_page(table, lines, taken))


def _table(score: pii.Score) -> str:
    rows = ["| kind | there | recall | under its own name | precision |", "|---|--:|--:|--:|--:|"]
    for kind in sorted(score.there | score.found):
        there = score.there[kind]
        named = f"{score.kind_right[kind] / there:.3f}" if there else "-"
        precision = f"{score.precision(kind):.3f}" if score.found[kind] else "-"
        rows.append(f"| {kind} | {there} | {score.recall(kind):.3f} | {named} | {precision} |")
    return "\n".join(rows)


def _page(table: str, lines: Sequence[str], taken: float) -> str:
    return f"""# How well personal data is masked

Texts in English, German, Polish, Ukrainian and French, made from templates and made-up values: `bench/safety`, seed
{pii.SEED}, {TIMES} texts of each template. Every other template is held out: rules were written and tuned on the rest.
Beside what is personal the templates hold order numbers, dates, versions, sums and ISBNs, which are not.

Recall is the share of personal values that were hidden whole, under whatever name: what counts is that they do not
leave. Precision is the share of what was hidden that is, or touches, something personal.

| | recall | precision |
|---|--:|--:|
{chr(10).join(lines)}

Held out, by kind; a kind with nothing there is one that something else was hidden as:

{table}

The median text takes {taken:.2f} ms. Values are made by the same rules for check digits that look for them; that these
are right is tested with published numbers (`tests/safety/test_check_digits.py`). Names are those of a made-up tenant's
directory: names of strangers are not looked for, because nothing but a trained model would find them.

To repeat it: `make eval-pii` (`ARGS="--page"` writes this page, `ARGS="--show 20"` shows what was missed). A smaller
run on the held-out templates is a test: `tests/safety/test_masking_is_accurate.py`.
"""


if __name__ == "__main__":
    main()
