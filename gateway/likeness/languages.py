"""What of a question says nothing, language by language: politeness, articles, endings."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """
    `empty` are words without which a question asks the same; `polite` is how people begin and end.

    `places` begin a phrase that may stand first or last, `endings` are those by which forms of one word differ. What
    is not listed counts: who asks, when, whether it may or must be, and every word that takes something back.
    """

    empty: frozenset[str]
    places: frozenset[str]
    endings: frozenset[str]
    polite: re.Pattern[str]
    marks: frozenset[str]
    """Words by which the language is recognised, beside those that are empty."""


def _language(*, empty: str, places: str, endings: str, polite: str, marks: str) -> Language:
    return Language(
        empty=frozenset(empty.split()) | frozenset(places.split()),
        places=frozenset(places.split()),
        endings=frozenset({"", *endings.split()}),
        polite=re.compile(rf"^(?:(?:{polite})\b[\s,:!.]*)+|(?:[\s,:!.]*\b(?:{polite}))+[\s!.?]*$"),
        marks=frozenset(marks.split()),
    )


LANGUAGES: Final = {
    "en": _language(
        empty="a an the of is are do does there so just actually",
        places="in at on for during",
        endings="s es",
        polite=(
            "please|hi|hello|hey|thanks|thank you|many thanks|"
            "(?:can|could|would) you(?: please)? (?:tell|explain to|show) me|i(?: would|'d) like to know|"
            "i want to know|i need to know|do you know|quick question|i was wondering|tell me"
        ),
        marks="what how when where who which why i we my our can may must not to and or",
    ),
    "de": _language(
        empty="der die das den dem des ein eine einen einem einer eines ist sind es denn eigentlich mal",
        places="in im am an bei für während",
        endings="e en n s es em",
        polite=(
            "bitte|hallo|guten tag|guten morgen|danke|vielen dank|danke schön|"
            "(?:können|könnten) sie mir(?: bitte)? sagen|(?:kannst|könntest) du mir(?: bitte)? sagen|"
            "ich (?:möchte|würde gern|will) wissen|wissen sie|weißt du|kurze frage|sag mir|sagen sie mir"
        ),
        marks="was wie wann wo wer welche welcher warum ich wir unser kann darf muss nicht und oder zu von mit",
    ),
    "fr": _language(
        empty="le la les l un une des du de d est sont ce que t il y a donc",
        places="dans à au aux en pour pendant",
        endings="s e es x",
        polite=(
            "s'il vous plaît|s'il te plaît|svp|bonjour|merci|merci beaucoup|(?:pouvez|pourriez)-vous me dire|"
            "(?:peux|pourrais)-tu me dire|je (?:voudrais|veux|souhaite) savoir|savez-vous|dites-moi|"
            "petite question"
        ),
        marks="quel quelle quels quelles comment quand où qui pourquoi combien je nous peut doit pas et ou avec",
    ),
    "es": _language(
        empty="el la los las un una unos unas de del es son hay pues",
        places="en al a para durante",
        endings="s es",
        polite=(
            "por favor|hola|buenos días|gracias|muchas gracias|(?:puede|podría|puedes|podrías) decirme|"
            "(?:quisiera|quiero|me gustaría) saber|sabe usted|sabes|dígame|una pregunta"
        ),
        marks="qué cuál cuáles cómo cuándo dónde quién cuánto cuántos cuánta cuántas yo nosotros puede debe no y o con",
    ),
    "pl": _language(
        empty="jest są to więc właściwie",
        places="w we na dla podczas",
        endings="a y i ę ą e u ów om em ie ami ach",
        polite=(
            "proszę|dzień dobry|cześć|witam|dziękuję|dzięki|"
            "(?:czy )?(?:może|mógłby|mogłaby) (?:pan|pani) (?:mi )?powiedzieć|(?:czy )?możesz mi powiedzieć|"
            "chciałbym wiedzieć|chciałabym wiedzieć|chcę wiedzieć|proszę powiedzieć|mam pytanie|powiedz mi"
        ),
        marks="co jak kiedy gdzie kto który która jaki jaka jakie ile dlaczego czy nie i lub mogę musi z do od",
    ),
    "uk": _language(
        empty="є це ж власне",
        places="в у на для під",
        endings="а и у і ю е я ї ою ів ам ах ом ям",
        polite=(
            "будь ласка|добрий день|привіт|вітаю|дякую|щиро дякую|"
            "(?:чи )?(?:можете|могли б ви) (?:мені )?сказати|(?:чи )?можеш мені сказати|хочу знати|"
            "я хотів би знати|я хотіла б знати|скажіть|скажи мені|маю питання"
        ),
        marks="що як коли де хто який яка яке які скільки чому чи не і або можу мусить з до від",
    ),
}  # fmt: skip
