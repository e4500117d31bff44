"""Orders to the model inside what is given to it: rules in several languages, over the plain form of a text."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from gateway.fences import LOOK_ALIKE_FENCE
from gateway.screening.attacks_by_language import RULES, TRIGGER
from gateway.screening.phrases import Phrase, Sentences
from gateway.screening.plain_form import INVISIBLE, plain_form, unwrapped

CHARACTERS_MAX = 50_000
"""Of one text that are searched; twice as many take twice as long."""

_DROP: Final = (
    r"ignor\w{0,6}|disregard\w{0,3}|forget|override|overrule|overwrite|neglect|skip|set aside|throw away|discard"
    r"|do not follow|don't follow"
    r"|stop following|pay no attention to|vergiss|vergessen sie|missachte\w{0,2}|überschreib\w{0,3}|verwirf"
    r"|befolge nicht|halte dich nicht an"
    r"|zignoruj\w{0,3}|pomiń|pomijaj|zapomnij|odrzuć|nie stosuj się do|проігноруй\w{0,2}|ігноруй\w{0,2}"
    r"|забудь\w{0,2}|відкинь\w{0,2}"
    r"|не виконуй\w{0,2}|знехтуй\w{0,2}|oublie\w{0,2}|ne tiens? pas compte|ne tenez pas compte|fais abstraction"
    r"|olvida\w{0,2}|omite"
    r"|dimentica\w{0,2}|tralascia"
)
_ORDERS: Final = (
    r"instructions?|prompts?|rules?|guidelines?|directives?|orders?|commands?|constraints?|restrictions?|policies"
    r"|programming|training"
    r"|anweisung\w{0,2}|vorgaben?|regeln?|befehle?n?|instruktion\w{0,2}|instrukcj\w{1,3}|poleceni\w{0,2}|poleceń"
    r"|zasad\w{0,2}|wytyczn\w{1,3}"
    r"|reguł\w{0,2}|інструкці\w{1,3}|вказів\w{1,4}|правил\w{0,2}|наказ\w{0,2}|настанов\w{0,2}|consignes?|règles?"
    r"|directives?|instrucciones"
    r"|reglas?|istruzion\w|regole"
)
_FORMER: Final = (
    r"previous|above|prior|earlier|preceding|former|all|any|every|your|system|original|initial|given|everything"
    r"|vorherig\w{0,2}|bisherig\w{0,2}"
    r"|obig\w{0,2}|alle\w?|deine\w?|ihre|frühere\w?|poprzedni\w{0,3}|wszystki\w{0,3}|powyższ\w{0,3}|swoj\w{1,3}"
    r"|dotychczasow\w{1,3}|wcześniejsz\w{1,3}"
    r"|попередн\w{1,3}|усі|всі|свої\w?|вище|системн\w{1,3}|precedent\w{0,2}|précédent\w{0,2}|toutes?|tes|vos"
    r"|antérieur\w{0,2}|ci-dessus|anteriores"
    r"|previas|todas|precedenti|tutte"
)
_SAY: Final = (
    r"reveal|print|repeat|show|output|display|tell me|give me|write out|write down|leak|expose|disclose|share|dump"
    r"|recite|paste|quote|copy"
    r"|what (?:is|are|was|were)|zeig\w{0,3}|verrate|nenne|gib|wiederhole|drucke|pokaż|wypisz|ujawnij|podaj|powtórz"
    r"|zdradź|покажи|виведи|розкрий"
    r"|повтори|надрукуй|назви|montre\w{0,2}|affiche\w{0,2}|révèle\w{0,2}|répète\w{0,2}|donne\w{0,2}|muestra|revela"
    r"|mostra|rivela"
)
_INNER: Final = (
    r"(?:your|the|hidden|secret|deine[nrs]?|ihre[nrs]?|den|die|swoj\w{1,3}|свій|свої|свою|ton|tes|votre|tus?"
    r"|il tuo|le tue)"
    r"(?: \w{1,15}){0,2}? (?:system|initial|original|hidden|secret|internal|confidential|developer|ukryt\w{1,3}"
    r"|systemow\w{1,3}|wewnętrzn\w{1,3}"
    r"|системн\w{1,3}|прихован\w{1,3}|внутрішн\w{1,3}|versteckt\w{0,2}|geheim\w{0,2}|intern\w{0,3}|système"
    r"|cach\w{1,3}|sistema|oculta?s?)"
    r"[ -]{0,1}(?:prompts?|instructions?|rules?|guidelines?|anweisung\w{0,2}|regeln"
    r"|instrukcj\w{1,3}|poleceni\w{0,2}"
    r"|підказк\w{1,2}|промпт\w{0,2}|інструкці\w{1,3}|правил\w{0,2}|consignes?|istruzioni|instrucciones)"
    r"|system[ -]?prompt\w{0,2}|systemprompt\w{0,2}|prompt(?:u)? systemow\w{1,3}|системн\w{1,3} промпт\w{0,2}"
    r"|prompt système|prompt de sistema"
)
_FREE: Final = (
    r"(?:no|without|free (?:of|from)|ignore|beyond) (?:any |all |your |its |the )?(?:\w{1,12} )?(?:restrictions?"
    r"|limits?|limitations|filters?|rules"
    r"|ethics|guidelines|censorship|boundaries|safeguards?)|ohne (?:jede |alle )?(?:einschränkung\w{0,2}|filter"
    r"|regeln|grenzen)"
    r"|bez (?:żadnych )?(?:ograniczeń|filtrów|zasad|cenzury)|без (?:жодних |будь-яких )?(?:обмежень|фільтрів"
    r"|правил|цензури)"
    r"|sans (?:aucune |aucun )?(?:restrictions?|limites?|filtres?|règles|censure)|sin (?:restricciones|filtros"
    r"|límites|reglas)"
)

_RULES: Final = {
    "instruction_override": re.compile(
        rf"(?<!\w)(?:{_DROP})(?!\w).{{0,40}}?(?<!\w)(?:{_FORMER})(?!\w).{{0,30}}?(?<!\w)(?:{_ORDERS})(?!\w)"
        r"|(?<!\w)(?:ignore|forget|disregard) (?:all |everything |anything )?(?:that (?:was|came|i said"
        r"|you were told)|(?:said|written|stated) )?"
        r"(?:above|before this|previously|so far|you were told|you have been told)(?!\w)"
        r"|(?<!\w)(?:new|updated|real|actual|revised) (?:system )?(?:instructions?|directives?|orders?"
        r"|task)(?: (?:are|is|follow|for you))?\s?:"
        rf"|(?<!\w)(?:{_DROP})(?!\w).{{0,30}}?(?<!\w)(?:{_ORDERS}) (?:above|before|that came before|so far"
        rf"|given (?:above|earlier))(?!\w)"
        rf"|(?<!\w)(?:{_ORDERS})(?!\w).{{0,40}}?(?<!\w)(?:are void|no longer (?:apply|count|hold|matter)"
        rf"|do not apply|gelten nicht mehr"
        r"|nie obowiązuj\w{1,2}|більше не діють|ne comptent plus|ne s'appliquent plus)"
        r"|(?:above|oben steht|powyżej|вище|précède|before this),? (?:was (?:only )?a test|no longer|is void"
        r"|does not (?:count|apply)|gilt nicht mehr"
        r"|już nie obowiązuje|більше не діє|ne compte plus)"
        r"|(?<!\w)as your (?:developer|creator|administrator|owner|maker),? i (?:hereby )?(?:authori[sz]e|command"
        r"|order|permit|allow|instruct)"
    ),
    "role_play": re.compile(
        r"(?<!\w)you are (?:now|no longer|hereby)(?! (?:connected|ready|able|logged|in|on|subscribed|part"
        r"|registered|going)\b)"
        r"|(?<!\w)act as (?:the |a |an )?(?:system|developer|admin|root|unrestricted|evil|jailbroken|uncensored)"
        rf"|(?<!\w)(?:pretend|imagine|roleplay|act|behave|respond|answer|du bist|tu dich|udawaj|jesteś|zachowuj"
        rf"|прикинься|уяви|поводься|ти тепер"
        rf"|fais semblant|agis|réponds|tu es|actúa|finge).{{0,80}}?(?:{_FREE})"
        r"|(?<!\w)(?:developer|dan|god|jailbreak|debug|maintenance|sudo|unrestricted) mode(?: (?:is |now )?(?:on"
        r"|enabled|activated|engaged))"
        r"|(?<!\w)(?:enable|enter|activate|switch to|turn on) (?:the |your )?(?:developer|dan|god|jailbreak|sudo"
        r"|unrestricted) mode"
        r"|(?<!\w)do anything now(?!\w)|(?<!\w)(?:du bist|sie sind) (?:jetzt|nun|ab sofort) (?:ein|kein|der|die)"
        r"|(?<!\w)(?:od teraz jesteś|jesteś teraz|відтепер ти|ти тепер|à partir de maintenant,? tu es"
        r"|tu es maintenant|d'ora in poi sei)(?!\w)"
    ),
    "prompt_disclosure": re.compile(
        rf"(?<!\w)(?:{_SAY})(?!\w).{{0,40}}?(?<!\w)(?:{_INNER})(?!\w)"
        r"|(?<!\w)(?:repeat|print|output|copy|echo) (?:\w{1,12} ){0,4}(?:text|words?|everything|lines?) (?:above"
        r"|before this|preceding)"
        r"|(?<!\w)what (?:were|are) (?:you|your) (?:told|instructed|instructions"
        r"|given)(?: \w{1,12}){0,4}? (?:before|first|initially|at the (?:start|beginning))"
    ),
    "false_turn": re.compile(
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[/?inst\]|<</?sys>>"
        r"|</?(?:system|assistant)(?:_prompt)?>"
        r"|#{2,} ?(?:system|new instructions?|instruction) ?(?:prompt|message)?\s?:|(?:^|[\n\"'.] ?)(?:system"
        r"|assistant) ?(?:message|prompt|override|note)?: "
        r"(?:you|ignore|the user|new|from|do|disregard|forget|reveal|override|all)"
        r"|(?:end|begin) (?:of )?(?:system )?(?:prompt|instructions?|user input|document)\W{1,6}(?:new|now|system"
        r"|ignore|begin|you)"
    ),
    "exfiltration": re.compile(
        r"(?<!\w)(?:send|forward|e?mail|post|upload|transmit|exfiltrate|append|submit|schicke?|sende|prześlij"
        r"|wyślij|надішли|відправ|envoie|envía)(?!\w)"
        r".{0,60}?(?<!\w)(?:conversation|chat history|history|api[ -]?keys?|passwords?|secrets?|credentials"
        r"|tokens?|system prompt|all (?:the )?data"
        r"|personal data|context|unterhaltung|gespräch\w{0,4}|passwört\w{0,3}|zugangsdaten|rozmow\w{1,2}"
        r"|hasł\w{1,3}|klucz\w{0,2}|розмов\w{1,2}|парол\w{1,2}"
        r"|ключ\w{0,2}|mots? de passe|contraseñas?).{0,60}?(?:https?:|www\.|@|\bto (?:this|the following"
        r"|my) (?:url|address|server|e?mail))"
        r"|!\[[^\]]{0,80}\]\(https?://[^)\s]{1,200}[?&][^)\s]{0,60}=(?:\{|\[|<|%7b|\$|\.\.\.|data|secret|history"
        r"|conversation|prompt)"
    ),
    "hidden_order": re.compile(
        r"(?<!\w)(?:do not|don't|never|without) (?:tell|mention|inform|telling|informing|mentioning|reveal|alert"
        r"|notify|warn)\w{0,3}"
        r"(?: (?:this|that|it|anything))?(?: to| about)? (?:the |any )?(?:user|human|reader|operator|person)"
        r"|(?<!\w)(?:note|message|attention|instructions?|important|hinweis|uwaga|увага"
        r"|à l'attention)(?: \w{1,12})? (?:to|for|an|do|dla|для|de) (?:the |any |all |die |l')?"
        r"(?:ai|llms?|language models?|assistants?|chatbots?|ki|sprachmodelle?|modeli językow\w{1,3}"
        r"|asystent\w{0,2}|моделі|ші|асистент\w{0,2}|ia)(?!\w)"
        r"|(?<!\w)if you(?:'re| are) (?:an? )?(?:ai|llm|language model|assistant|bot|chatbot"
        r"|automated)(?!\w).{0,60}?(?:then|must|please|,|say|write|include|rate|recommend)"
        r"|(?<!\w)from now on,? (?:you (?:will|must|shall|are|should|only|may)|always|only|every|answer|respond|reply)"
        r"|(?<!\w)(?:ab jetzt|ab sofort|von nun an) (?:antworte\w{0,3}|musst|wirst|darfst|sollst)"
        r"|(?<!\w)od teraz (?:odpowiadaj|masz|będziesz|zawsze)"
        r"|(?<!\w)(?:відтепер|з цього моменту|надалі) (?:відповідай|ти|завжди|мусиш)|(?<!\w)(?:désormais"
        r"|à partir de maintenant),? (?:tu|vous|réponds|répondez)"
    ),
    "safety_bypass": re.compile(
        r"(?<!\w)(?:bypass|circumvent|disable|turn off|deactivate|evade|get around|override|remove|lift"
        r"|umgeh\w{0,2}|deaktivier\w{0,2}|schalte|wyłącz|obejdź"
        r"|вимкни|обійди|désactive\w{0,2}|contourne\w{0,2}|desactiva)(?!\w).{0,30}?(?<!\w)(?:your|deine\w?|ihre\w?"
        r"|swoj\w{1,3}|свої|свою|tes|vos|tus)(?!\w).{0,25}?"
        r"(?<!\w)(?:safety|content|security|ethical|moderation|filters?|guardrails?|restrictions?|safeguards?"
        r"|polic(?:y|ies)|limits?|limitations|sicherheit\w{0,10}"
        r"|filter|beschränkungen|zabezpiecze\w{1,3}|filtr\w{0,2}|ogranicze\w{1,3}|обмежен\w{1,3}|фільтр\w{0,2}"
        r"|захист|filtres?|restrictions?|sécurités?)"
    ),
}  # fmt: skip
_TRIGGER: Final = re.compile(
    r"instruc|istruz|prompt|rule|guideline|directive|ignor|forget|disregard|pretend|act as|you are|mode\b"
    r"|anything now|<\||\[/?inst|<<|</|##|system|send|forward"
    r"|mail|post|upload|!\[|do not|don't|never|without|note|attention|important|if you|from now|bypass|disable"
    r"|turn off|override|reveal|repeat|anweis|vorgab|regel"
    r"|vergiss|ab jetzt|ab sofort|von nun|du bist|instrukc|polece|zasad|wytyczn|zapomnij|od teraz|jesteś|udawaj"
    r"|uwaga|wyślij|prześlij|wyłącz|obejdź|pokaż|wypisz"
    r"|інструкц|вказів|правил|забудь|ігноруй|відтепер|ти тепер|прикинься|уяви|увага|надішли|вимкни|обійди|покажи"
    r"|виведи|розкрий|промпт|consigne|règle|oublie"
    r"|désormais|à partir|tu es|fais semblant|réponds|agis|affiche|montre|révèle|envoie|désactive|contourne|olvida"
    r"|actúa|ahora|dimentica|told|beyond|umgeh|hinweis"
)
# Whoever asks what an attack is, or quotes one, gives no order.
_TALKED_ABOUT: Final = re.compile(r"(?:[\"'`«„“‹][^\"'`»”“›]{0,200})$")
_ABOUT: Final = re.compile(
    r"(?<!\w)(?:explain|what does|what is meant|mean(?:s|ing)?|example|phrase|attack|injection|detect\w{0,3}"
    r"|translate|summari[sz]e|article|research|paper|quote|classif\w{1,4}"
    r"|why do|how do|erklär\w{0,2}|bedeutet|beispiel|wyjaśnij|znaczy|przykład|поясни|означає|приклад"
    r"|explique\w{0,2}|signifie|exemple|explica|significa|ejemplo|traduce|übersetz\w{0,2}|przetłumacz|переклади|traduis)(?!\w)"
)


def findings(text: str) -> dict[str, int]:
    """
    Return which rules find something, and how often: a hint, not a proof.

    Rules miss whoever words an order as nobody did before; what protects is that sources are data, that answers cannot
    act, and that people decide on every hunk.
    """
    found: Counter[str] = Counter()
    text = text[:CHARACTERS_MAX]
    invisible = len(INVISIBLE.findall(text))
    if invisible:
        found["invisible_text"] = invisible
    if fences := len(LOOK_ALIKE_FENCE.findall(text)):
        found["look_alike_fence"] = fences
    said = plain_form(text)
    found.update(_orders(said))
    for wrapped in unwrapped(text):
        found.update({"encoded_order": 1} if _orders(plain_form(wrapped), wrapped=True) else {})
    return dict(found)


def is_attack(found: dict[str, int]) -> bool:
    """Tell an order to the model from text that only looks odd."""
    return any(rule in _RULES or rule == "encoded_order" for rule in found)


def phrases(text: str) -> tuple[Phrase, ...]:
    """Return the orders to the model that rules find, each with its sentence."""
    text = text[:CHARACTERS_MAX]
    said = plain_form(text)
    sentences = Sentences(text, said)
    found = [Phrase(name, sentences.around(*match.span())) for name, match in _matches(said)]
    found += [Phrase("encoded_order", one) for one in map(plain_form, unwrapped(text)) if _orders(one, wrapped=True)]
    return tuple(dict.fromkeys(found))


def _orders(said: str, *, wrapped: bool = False) -> Counter[str]:
    return Counter(name for name, _ in _matches(said, wrapped=wrapped))


def _matches(said: str, *, wrapped: bool = False) -> Iterator[tuple[str, re.Match[str]]]:
    about = _ABOUT.search(said) is not None
    searched = _RULES.items() if wrapped or _TRIGGER.search(said) else ()
    elsewhere = RULES.items() if wrapped or TRIGGER.search(said) else ()
    for name, pattern in (*searched, *elsewhere):
        for match in pattern.finditer(said):
            if not (about and _TALKED_ABOUT.search(said[max(0, match.start() - 200) : match.start()])):
                yield name, match
