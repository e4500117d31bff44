"""Orders to the model as German, Polish, Ukrainian, French and Spanish word them, beside what all languages share."""

import re
from typing import Final


def _rule(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?<!\\w)(?:{pattern})" for pattern in patterns))


# What is dropped, and whose it is: without the second these words are everybody's.
_DE_ORDERS = r"(?:anweisung|vorgabe|regel|richtlinie|instruktion|befehl)\w{0,2}"
_PL_ORDERS = r"(?:instrukcj|polece[nń]|zasad|wytyczn|reguł)\w{0,3}"
_UK_ORDERS = r"(?:інструкці|вказів|правил|настанов|наказ)\w{0,4}"
_FR_ORDERS = r"(?:consigne|instruction|règle|directive|ordre)s?"
_ES_ORDERS = r"(?:instrucci[oó]n(?:es)?|reglas?|normas?|directrices|[oó]rden(?:es)?|indicaciones)"
_DE_FORMER = r"(?:vorherig|bisherig|obig|früher|all|dein|vorig)\w{0,2}"
_PL_FORMER = r"(?:poprzedni|wcześniejsz|dotychczasow|powyższ|swoi|swoj|twoi|twoj|wszystki)\w{0,3}"
_UK_FORMER = r"(?:попередн|дотеперішн|усі|всі|сво|тво|наведен\w{1,2} вище)\w{0,3}"
_FR_FORMER = r"(?:précédente?s?|antérieure?s?|ci-dessus|initiale?s?|reçues)"
_ES_FORMER = r"(?:anterior(?:es)?|previas?|iniciales|de arriba|recibidas)"
_DE_NONE = r"(?:kein(?:e|en|er)?|ohne(?: jede| alle)?) (?:regel|grenze|filter|einschränkung|beschränkung|zensur)\w{0,2}"
_PL_NONE = (
    r"(?:nie (?:masz|ma|zna|znasz)|bez)(?: żadn\w{2,3}| jakichkolwiek)? (?:zasad|ogranicze[nń]|granic|filtrów"
    r"|cenzury)"
)
_UK_NONE = r"(?:немає|не має\w?|не знає\w?|без)(?: жодних| будь-яких)? (?:правил|обмежень|меж|фільтрів|цензури)"
_FR_NONE = r"(?:aucune?|pas de|sans)(?: aucune?)? (?:règles?|limites?|filtres?|restrictions?|censure)"
_ES_NONE = (
    r"(?:ningun[ao]?|no (?:tienes?|tuvieras?|conoces?|hay|hubiera)|sin)(?: ningun[ao]?)?"
    r" (?:reglas?|normas?|límites?|filtros?|restricci[oó]n(?:es)?|censura)"
)
_AI: Final = {
    "de": r"(?:eine? )?(?:ki|sprachmodell|assistent|chatbot)(?!\w)",
    "pl": r"(?:sztuczną inteligencją|modelem|asystentem|ai)(?!\w)",
    "uk": r"(?:штучн\w{2,3} інтелект|модель|асистент|помічник|ші)(?!\w)",
    "fr": r"(?:une? )?(?:ia|intelligence artificielle|modèle|assistant)(?!\w)",
    "es": r"(?:una? )?(?:ia|inteligencia artificial|modelo|asistente|bot)(?!\w)",
}

RULES: Final = {
    "instruction_override": _rule(
        rf"lass\w{{0,2}} (?:\w+ )?{_DE_FORMER}.{{0,20}}?{_DE_ORDERS} (?:außer acht|beiseite|fallen|weg)",
        rf"(?:halte dich|folge|befolge|gehorche|beachte) (?:\w+ )?(?:nicht|keine\w?)(?: \w+)? (?:an )?{_DE_FORMER}"
        rf".{{0,20}}?{_DE_ORDERS}",
        rf"{_DE_ORDERS} (?:des systems|oben|von oben) .{{0,30}}?(?:aufgehoben|ungültig|hinfällig|gestrichen|nichtig)",
        rf"neue\w? {_DE_ORDERS}(?: (?:vom|von der|des|der) (?:entwickler|system|administrat"
        rf"|betreiber)\w{{0,6}})?\s?:",
        r"(?:vergiss|ignoriere|missachte) (?:alles, )?was (?:dir|man dir) .{0,20}?(?:gesagt|befohlen|aufgetragen)",
        rf"nie (?:zwracaj|zważaj|trzymaj|słuchaj|stosuj|przestrzegaj).{{0,20}}?{_PL_FORMER}.{{0,20}}?{_PL_ORDERS}",
        rf"(?:zlekceważ|porzuć|odłóż|unieważnij|przestań \w+).{{0,20}}?{_PL_FORMER}.{{0,20}}?{_PL_ORDERS}",
        rf"{_PL_ORDERS} (?:systemow|powyżej)\w{{0,2}} .{{0,30}}?(?:uchylon|anulowan|nieważn|unieważnion)\w{{1,2}}",
        rf"now[ea] {_PL_ORDERS}(?: od .{{0,12}}?(?:programist|system|administrator|twórc)\w{{0,4}})?\s?:",
        r"(?:zapomnij|zignoruj)(?: o)? (?:tym|wszystk\w{1,2}),? co ci .{0,20}?(?:kazano|powiedziano|polecono)",
        rf"(?:не зважай|не звертай уваги|не слухай|не дотримуйся|не виконуй|облиш).{{0,20}}?{_UK_FORMER}.{{0,20}}?"
        rf"{_UK_ORDERS}",
        rf"системн\w{{1,2}} {_UK_ORDERS} .{{0,30}}?(?:скасован|недійсн|анульован|не діють)\w{{0,2}}",
        rf"нов[аеі] {_UK_ORDERS}(?: від .{{0,12}}?(?:розробник|систем|адміністратор)\w{{0,3}})?\s?:",
        r"(?:забудь|ігноруй|відкинь) (?:все|усе|те),? що тобі .{0,20}?(?:казали|сказали|наказали|доручили)",
        rf"ne (?:prêtez?|tiens|tenez|fais|faites|suis|suivez|respecte|respectez"
        rf"|obéis) .{{0,25}}?{_FR_ORDERS} {_FR_FORMER}",
        rf"ne (?:suis|respecte|applique|écoute|obéis)\w{{0,2}} (?:plus|pas)(?: à)? (?:tes|vos|tous tes) {_FR_ORDERS}",
        rf"(?:les|toutes les) {_FR_ORDERS} (?:du système|précédentes) .{{0,20}}?(?:annulé|nul|caduque|levé"
        rf"|supprimé)\w{{0,3}}",
        rf"nouvelles? {_FR_ORDERS}(?: (?:du|de la|de l')\s?(?:développeu|systèm|administrat)\w{{1,4}})?\s?:",
        r"(?:oublie|ignore) (?:tout )?ce qu['e] ?(?:on|tu) .{0,12}?(?:dit|ordonné|demandé|appris)",
        rf"(?:ignora|olvida|omite|descarta|desobedece|no hagas caso|no sigas|no obedezcas|haz caso omiso"
        rf"|pasa por alto)"
        rf"(?: de| a)? (?:todas )?(?:las |tus )?{_ES_ORDERS} {_ES_FORMER}",
        rf"(?:ignora|olvida|olvídate de|abandona|deja de seguir|no sigas|no respetes) (?:todas )?tus {_ES_ORDERS}",
        rf"(?:las|todas las) {_ES_ORDERS} (?:del sistema|anteriores|previas) .{{0,20}}?(?:anulad|cancelad"
        rf"|derogad|sin efecto)",
        rf"nuevas? {_ES_ORDERS}(?: (?:del|de la) (?:desarrollador|sistema|administrador)\w{{0,2}})?\s?:",
        r"(?:ignora|olvida) (?:todo )?lo que (?:te|se te) .{0,20}?(?:dicho|ordenado|pedido|dijeron|enseñado)",
        r"lo (?:que está )?(?:escrito )?(?:de )?arriba ya no (?:vale|cuenta|se aplica|sirve)",
    ),
    "role_play": _rule(
        rf"(?:tu(?: bitte)? so|spiele?|stell dir vor|verhalte dich|antworte)(?!\w).{{0,60}}?(?:{_DE_NONE})",
        rf"(?:udawaj|wciel się|wyobraź sobie|zachowuj się|zagraj|odpowiadaj)(?!\w).{{0,60}}?(?:{_PL_NONE})",
        rf"(?:удай|удавай|прикинься|зіграй|уяви|поводься|відповідай)(?!\w).{{0,60}}?(?:{_UK_NONE})",
        rf"(?:fais (?:comme|semblant)|joue|imagine|agis|comporte-toi|réponds)(?!\w).{{0,60}}?(?:{_FR_NONE})",
        r"(?:joue|interprète)(?!\w).{0,40}?ne (?:connaît|connais|a|as) (?:pas de|aucune?) (?:règles?"
        r"|limites?|filtres?)",
        rf"(?:haz como|finge|interpreta|imagina|actúa|compórtate|simula|responde)(?!\w).{{0,60}}?(?:{_ES_NONE})",
        r"(?:spiele?|verkörpere)(?!\w).{0,40}?(?:kennt|kennst|hat|hast) keine (?:grenzen|regeln|filter)",
        rf"(?:ahora|desde ahora|a partir de ahora) eres (?!{_ES_ORDERS})un[ao]? (?:modelo|ia|asistente|bot"
        rf"|hacker|dan)(?!\w)",
        r"ya no eres un[ao]? (?:modelo|ia|asistente|bot)(?!\w)",
    ),
    "prompt_disclosure": _rule(
        rf"(?:wie lauten|was sind|nenne|zeige?|gib|wiederhole|verrate) (?:\w+ )?deine (?:\w+ )?"
        rf"(?:intern|geheim|versteckt|eigentlich|ursprünglich)\w{{0,2}} {_DE_ORDERS}",
        r"(?:gib|zeige?|drucke|wiederhole|zitiere|nenne)(?!\w).{0,20}?(?:dein\w{0,2}|den) system-?prompt",
        rf"(?:jak brzmią|jakie są|podaj|pokaż|wypisz|ujawnij|powtórz) (?:\w+ )?(?:twoje|swoje) (?:\w+ )?"
        rf"(?:wewnętrzn|ukryt|tajn|pierwotn)\w{{1,2}} {_PL_ORDERS}",
        rf"(?:якими є|які|наведи|покажи|виведи|розкрий|повтори|назви) (?:\w+ )?(?:твої|свої) (?:\w+ )?"
        rf"(?:внутрішн|прихован|секретн|таємн|початков)\w{{1,2}} {_UK_ORDERS}",
        r"(?:наведи|процитуй|перекажи|відтвори)(?!\w).{0,20}?(?:свій|твій) (?:системний )?промпт",
        rf"(?:quelles sont|donne|montre|affiche|révèle|répète|cite)\w{{0,2}}(?:-moi)? (?:toutes )?(?:tes"
        rf"|vos) {_FR_ORDERS}"
        r" (?:interne|secrète|cachée|initiale|confidentielle)s",
        r"(?:recopie|copie|cite|récite|écris|répète|affiche)(?!\w).{0,25}?(?:ton|votre) (?:prompt"
        r"|message) (?:système|initial)",
        rf"(?:cuáles son|dame|dime|muestra|muéstrame|revela|repite|copia|imprime)(?!\w) (?:\w+ )?tus {_ES_ORDERS}"
        r" (?:interna|secreta|oculta|inicial|confidencial)\w{1,2}",
        rf"(?:dame|dime|muestra|muéstrame|revela|repite|copia|imprime)(?!\w) (?:\w+ )?las {_ES_ORDERS}"
        r" (?:secreta|oculta|confidencial)\w{1,2}",
        r"(?:copia|repite|muestra|muéstrame|revela|imprime|escribe|dime|recita)(?!\w).{0,25}?tu (?:prompt|mensaje)"
        r" (?:de|del) sistema",
        r"(?:wiederhole|drucke|gib|kopiere)(?!\w).{0,25}?(?:oberhalb|über) dieser zeile",
        r"(?:powtórz|wypisz|wydrukuj|skopiuj)(?!\w).{0,30}?(?:powyżej|nad tą linią)",
        r"(?:повтори|виведи|надрукуй|скопіюй)(?!\w).{0,30}?(?:вище|над цим рядком)",
        r"(?:répète|affiche|recopie|imprime)(?!\w).{0,30}?(?:ci-dessus|au-dessus de cette ligne|qui précède)",
        r"(?:repite|imprime|copia|muestra)(?!\w).{0,30}?(?:por encima|más arriba|encima de esta línea)",
    ),
    "exfiltration": _rule(
        r"(?:sende|schicke?|übermittle|leite)(?!\w).{0,60}?(?:passw|zugangsdaten|unterhaltung|gespräch"
        r"|schlüssel)\w{0,8}"
        r".{0,40}?https?:",
        r"(?:wyślij|prześlij|przekaż|wklej)(?!\w).{0,60}?(?:hasł|dane logowania|rozmow|klucz)\w{0,3}.{0,40}?https?:",
        r"(?:надішли|перешли|відправ|передай)(?!\w).{0,60}?(?:парол|розмов|ключ|доступ)\w{0,3}.{0,40}?https?:",
        r"(?:envoie|transmets|transfère|poste)(?!\w).{0,60}?(?:mots? de passe|conversation|clés?|identifiants)"
        r".{0,40}?https?:",
        r"(?:envía|manda|reenvía|publica|sube)(?!\w).{0,60}?(?:contraseñas?|conversaci[oó]n|claves?|credenciales)"
        r".{0,40}?https?:",
    ),
    "hidden_order": _rule(
        rf"wenn du {_AI['de']}",
        r"(?:sag|sage|erzähle?|verrate|berichte)(?!\w).{0,20}?(?:be)?nutzer\w{0,2} .{0,20}?nichts?(?!\w)",
        r"ohne (?:\w+ ){0,2}(?:dem|den|der) (?:be)?nutzer\w{0,2} .{0,12}?(?:zu sagen|mitzuteilen|zu verraten"
        r"|zu informieren)",
        r"ohne (?:\w+ )?(?:dem|den) (?:be)?nutzer\w{0,2} (?:zu|davon)",
        rf"jeśli jesteś {_AI['pl']}",
        r"nie (?:mów|mówiąc|wspominaj|informuj|informując|zdradzaj)(?!\w).{0,25}?użytkownik\w{1,4}",
        rf"якщо ти {_AI['uk']}",
        r"не (?:кажи|кажучи|говори|повідомляй|розповідай|згадуй)(?!\w).{0,25}?користувач\w{1,4}",
        rf"si tu es {_AI['fr']}",
        r"(?:n'en parle|ne (?:le |lui )?dis|ne parle|n'informe|sans (?:le |en )?(?:dire|parler"
        r"|informer))(?!\w).{0,25}?"
        r"utilisat\w{3,6}",
        rf"si eres {_AI['es']}",
        r"(?:no se lo (?:digas|cuentes)|no le (?:digas|cuentes|menciones)|sin (?:decir|contar|avisar"
        r"|informar)\w{0,5})(?!\w)"
        r".{0,25}?usuari\w{1,2}",
        rf"(?:nota|atención|aviso|mensaje|importante),? (?:para |a )?(?:el |la |los |todo )?{_AI['es']}",
    ),
    "safety_bypass": _rule(
        r"(?:umgeh|deaktivier|entfern|ignorier|überwind)\w{0,2} .{0,15}?(?:deine|ihre)\w? .{0,20}?"
        r"(?:\w{0,12}filter|\w{0,12}schranken?|sperren?|schutz\w{0,12})(?!\w)",
        r"(?:elude|evita|sáltate|burla|esquiva|desactiva|desconecta|anula)(?!\w).{0,12}?tus .{0,20}?"
        r"(?:filtros?|restricciones|límites|protecciones|seguridad|salvaguardas)(?!\w)",
        r"(?:omiń|zdejmij|usuń|obejdź|wyłącz)(?!\w).{0,12}?sw(?:oje|e|ój) .{0,20}?(?:filtr|blokad|ogranicze"
        r"|zabezpiecze)\w{0,4}",
        r"(?:обійди|вимкни|зніми|прибери)(?!\w).{0,12}?сво\w{1,2} .{0,20}?(?:фільтр|обмежен|захист|блокуван)\w{0,3}",
        r"(?:contourne|désactive|lève|supprime|retire)(?!\w).{0,12}?(?:tes|vos) .{0,20}?"
        r"(?:filtres?|garde-fous|protections?|restrictions?|limites?)(?!\w)",
    ),
}

TRIGGER: Final = re.compile(
    r"anweis|vorgab|regel|richtlin|instruk|befehl|gesagt|aufgetragen|spiel|tu so|stell dir|verhalte|antworte"
    r"|systemprompt"
    r"|system-prompt|zeile|https?:|wenn du|nutzer|filter|schutz|sperre|schranke"
    r"|polece|zasad|wytyczn|reguł|kazano|powiedziano|udawaj|wciel|wyobra|zachowuj|zagraj|odpowiadaj|powyżej"
    r"|linią|jeśli jeste"
    r"|użytkownik|filtr|blokad|ogranicze|zabezpiecze"
    r"|інструкц|вказів|правил|настанов|наказ|казали|доручили|удай|удавай|прикинься|зіграй|уяви|поводься"
    r"|відповідай|промпт"
    r"|вище|рядком|якщо ти|користувач|фільтр|обмежен|захист|блокуван"
    r"|consigne|règle|directive|ordre|ordonn|fais |joue|imagine|agis|comporte|réponds|prompt|ligne|précède"
    r"|ci-dessus|si tu es"
    r"|utilisat|filtre|garde-fou|protection|restriction|limite"
    r"|instrucci|regla|norma|directri|orden|indicacion|lo que|haz como|finge|interpreta|imagina|actúa"
    r"|compórtate|simula"
    r"|responde|eres|encima|arriba|usuari|filtro|límite|seguridad|salvaguard"
)
