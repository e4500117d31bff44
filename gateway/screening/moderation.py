"""Words that a tenant does not want from people or models: its own list, insults, threats; rules, not judgement."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gateway.screening.links import odd_links
from gateway.screening.phrases import Passes, Phrase, Sentences, nothing_passes
from gateway.screening.plain_form import plain_form

CHARACTERS_MAX = 100_000
WINDOW_CHARACTERS_MAX = 400
"""As much is held back while no sentence ends."""
PHRASE_CHARACTERS_MAX = 100

_STEMS: Final = (
    r"fuck\w{0,6}|motherfuck\w{0,4}|shit(?:s|ty|head|heads)?|bullshit|assholes?|arseholes?|bitch(?:es|y)?"
    r"|bastards?|cunts?|dickheads?|wankers?"
    r"|twats?|scheiß\w{0,8}|scheiss\w{0,8}|arschl[oö]ch\w{0,3}|wichser\w{0,2}|fotzen?|hurens[oö]hn\w{0,2}"
    r"|miststück\w{0,2}|verpiss\w{0,2}"
    r"|kurw\w{1,3}|chuj\w{0,5}|pierdol\w{0,6}|spierdal\w{0,4}|jeban\w{1,3}|skurwysyn\w{0,3}|dup(?:ek|ku|kiem)"
    r"|сук(?:а|и|о|ою|ин\w{0,3})"
    r"|бляд\w{0,4}|блять|ху[йїєя]\w{0,4}|пизд\w{1,5}|[йї]бан\w{1,3}|мудак\w{0,3}|merdes?|merdique|putain|connards?"
    r"|connass\w{1,2}|salop\w{1,3}"
    r"|encul\w{1,3}|batards?|bâtards?"
)
_INSULT: Final = re.compile(rf"(?<!\w)(?:{_STEMS})(?!\w)")
_THREAT: Final = re.compile(
    r"(?<!\w)(?:i(?:'ll| will| am going to|'m going to)|we(?:'ll| will)) (?:kill|murder|hurt|stab|shoot) (?:you"
    r"|him|her|them|your)"
    r"|(?<!\w)ich (?:werde|bringe) (?:dich|sie|ihn|euch) (?:um\b|töten|umbringen)|(?<!\w)(?:zabiję"
    r"|zamorduję) (?:cię|was|go|ją)"
    r"|(?<!\w)(?:я )?(?:вб'ю|уб'ю) (?:тебе|вас|його|її)|(?<!\w)je vais (?:te|vous|le|la) tuer"
)
_RULES: Final = (("insult", _INSULT), ("threat", _THREAT))
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'”’»)\]]{0,2}(?=\s)|\n")


@dataclass(frozen=True, slots=True)
class Moderator:
    """`blocklist` are words and phrases of the tenant; inside of other words they do not count."""

    blocklist: tuple[str, ...] = ()

    def find(self, text: str) -> tuple[str, ...]:
        """Return which rules find something."""
        return rules_of(self.phrases(text))

    def phrases(self, text: str) -> tuple[Phrase, ...]:
        """Return what rules find, each with its sentence."""
        text = text[:CHARACTERS_MAX]
        said = plain_form(text)
        rules = (*_RULES, ("blocklist", _listed(self.blocklist))) if self.blocklist else _RULES
        found = [(rule, match) for rule, pattern in rules for match in pattern.finditer(said)]
        if not found:
            return ()
        sentences = Sentences(text, said)
        return tuple(dict.fromkeys(Phrase(rule, sentences.around(*match.span())) for rule, match in found))


def rules_of(phrases: Iterable[Phrase]) -> tuple[str, ...]:
    """Return the rules, each once."""
    return tuple(dict.fromkeys(phrase.rule for phrase in phrases))


@lru_cache(maxsize=200)
def _listed(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(plain_form(word)) for word in words)})(?!\w)")


def _nothing(text: str) -> tuple[Phrase, ...]:
    del text
    return ()


class AnswerScreen:
    """Looks at an answer as it streams; where it may block, nothing is shown before its sentence was looked at."""

    def __init__(
        self,
        moderator: Moderator | None = None,
        *,
        blocks: bool = False,
        action: str = "",
        passes: Passes = nothing_passes,
    ) -> None:
        """Without a moderator everything passes; `action` is the name of what it does in the ledger."""
        self._find = moderator.phrases if moderator is not None else _nothing
        self._blocks = blocks
        self._action = action or ("block" if blocks else "note")
        self._passes = passes
        self._seen = ""
        self._waiting = ""
        self.found: tuple[Phrase, ...] = ()
        """For which the answer ends here or, where nothing blocks, what is to be said about it at its end."""
        self.withheld = ""
        """What was written and is never shown."""

    @property
    def blocked(self) -> tuple[str, ...]:
        """The rules for which the answer ends here."""
        return rules_of(self.found) if self._blocks else ()

    @property
    def holds(self) -> bool:
        """Tell whether something waits to be shown."""
        return bool(self._waiting)

    def take(self, piece: str) -> str:
        """Return what may be shown by now."""
        if not self._blocks:
            return piece
        self._waiting += piece
        return self._sentences()

    def rest(self) -> str:
        """Return what may be shown of the end."""
        return self._sentences() + self._passed(len(self._waiting))

    def refuses(self, text: str) -> bool:
        """Look at what is shown as a whole or not at all: what a tool is asked, an answer that was kept."""
        found = self._stopping(self._find(text)) if self._blocks else ()
        self.found = self.found or found
        self.withheld += text if found else ""
        return bool(found)

    def verdicts(self, shown: str) -> list[tuple[str, str]]:
        """Return what was decided on the answer, and what is only noted about it."""
        if not self._blocks:
            self.found = self._stopping(self._find(shown))
        found = rules_of(self.found)
        verdicts = [("moderation.answer", f"{self._action}:{','.join(found)}")] if found else []
        odd = odd_links(shown)
        return [*verdicts, ("links.answer", f"note:{','.join(odd)}")] if odd else verdicts

    def _stopping(self, found: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
        return tuple(phrase for phrase in found if not self._passes(phrase))

    def _sentences(self) -> str:
        """One after the other, however many have come together: what is before an unwanted one is shown."""
        shown = ""
        while not self.blocked and (cut := self._cut()):
            shown += self._passed(cut)
        return shown

    def _cut(self) -> int:
        if end := _SENTENCE_END.search(self._waiting):
            return end.end()
        if len(self._waiting) <= WINDOW_CHARACTERS_MAX:
            return 0
        # So much stays that the end of a phrase which has begun is still to be seen.
        last = len(self._waiting) - PHRASE_CHARACTERS_MAX
        space = self._waiting.rfind(" ", 0, last)
        return space if space > 0 else last

    def _passed(self, cut: int) -> str:
        if self.blocked or not cut:
            self.withheld += self._waiting if self.blocked else ""
            self._waiting = "" if self.blocked else self._waiting
            return ""
        window, self._waiting = self._waiting[:cut], self._waiting[cut:]
        # A sentence stands for itself; where none ended, a phrase may go on in what still waits.
        ended = window.rstrip("\"'”’»)]")[-1:] in {".", "!", "?", "…", "\n"}
        found = self._find(self._seen + window + ("" if ended else self._waiting[:PHRASE_CHARACTERS_MAX]))
        if stopping := self._stopping(found):
            self.found, self.withheld, self._waiting = stopping, window + self._waiting, ""
            return ""
        # What was let pass is not looked at again with half of its sentence gone.
        seen = "" if found else self._seen + window
        # From a space on, so that the end of a long word is not taken for a word.
        self._seen = seen if len(seen) <= PHRASE_CHARACTERS_MAX else seen[-PHRASE_CHARACTERS_MAX:].partition(" ")[2]
        return window
