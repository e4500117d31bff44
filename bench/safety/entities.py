"""Made-up personal data of every kind, and numbers that look like it but are none."""

import random
import string
from collections.abc import Callable, Mapping
from typing import Final

from gateway.personal import checksums

Make = Callable[[random.Random], str]

GIVEN: Final = {
    "en": ("Olivia", "Harriet", "Desmond", "Theodore", "Imogen", "Callum", "Beatrix", "Rosalind"),
    "de": ("Annegret", "Jürgen", "Lieselotte", "Matthias", "Friederike", "Torsten", "Heike", "Wolfgang"),
    "pl": ("Agnieszka", "Krzysztof", "Małgorzata", "Zbigniew", "Katarzyna", "Wojciech", "Halina", "Tomasz"),
    "uk": ("Оксана", "Тарас", "Ярослава", "Богдан", "Соломія", "Остап", "Людмила", "Дмитро"),
    "fr": ("Amélie", "Guillaume", "Solène", "Thibault", "Clémence", "Gaspard", "Maëlle", "Benoît"),
}
FAMILY: Final = {
    "en": ("Whitcombe", "Ashdown", "Pemberton", "Oakhurst", "Tillbrook", "Hargreave", "Lockwell", "Danbury"),
    "de": ("Kesselring", "Brandstätter", "Hollerbach", "Zierenberg", "Dornseif", "Achterberg", "Lohmeyer", "Rosenau"),
    "pl": ("Wiśniewska", "Dąbrowski", "Zielińska", "Szymański", "Wojciechowska", "Kaczmarek", "Grabowska", "Pawlak"),
    "uk": ("Гриценко", "Ткачук", "Левченко", "Савчук", "Дорошенко", "Мороз", "Заболотна", "Яремчук"),
    "fr": ("Delacroix", "Beauchamp", "Fontenelle", "Marchandeau", "Vasseur", "Lenormand", "Castaignède", "Thévenot"),
}
_WORDS: Final = (
    "north",
    "lab",
    "billing",
    "ops",
    "studio",
    "garten",
    "biuro",
    "atelier",
    "k.lind",
    "a+b",
    "j_doe",
    "m-o",
)
_HOSTS: Final = (
    "acme.example",
    "post.example.org",
    "mail.co.uk",
    "firma.de",
    "poczta.pl",
    "пошта.укр",
    "exemple.fr",
    "a-b.io",
)


def number(rng: random.Random, form: str) -> str:
    """Return the form with a digit for each 0 or #, one that is not zero for each 9, and a capital letter for"
    " each A."""
    made = {"0": string.digits, "#": string.digits, "9": "123456789", "A": "ABCDEFGHJKLMNPRSTUVWXYZ"}
    return "".join(rng.choice(made[character]) if character in made else character for character in form)


def one_of(*forms: str) -> Make:
    """Return a maker of any of these forms."""
    return lambda rng: number(rng, rng.choice(forms))


def dialled(*forms: str) -> Make:
    """Return a maker of telephone numbers: only a # is made up."""
    return lambda rng: "".join(rng.choice(string.digits) if sign == "#" else sign for sign in rng.choice(forms))


def checked(check: checksums.Check, *forms: str) -> Make:
    """Return a maker of numbers that have the right check digits."""

    def make(rng: random.Random) -> str:
        while True:
            made = number(rng, rng.choice(forms))
            if check(made):
                return made

    return make


def email(rng: random.Random) -> str:
    return f"{rng.choice(_WORDS)}{rng.randint(1, 99)}@{rng.choice(_HOSTS)}"


def iban(rng: random.Random) -> str:
    country = rng.choice(("DE", "PL", "UA", "FR", "GB", "ES", "IT", "NL", "CH", "AT"))
    letters = {"GB": "AAAA", "NL": "AAAA", "IT": "A"}.get(country, "")
    account = number(rng, letters + "0" * (checksums.iban_length(country) - 4 - len(letters)))
    for check in range(2, 99):
        made = f"{country}{check:02d}{account}"
        if checksums.iban(made):
            groups = " ".join(made[place : place + 4] for place in range(0, len(made), 4))
            return rng.choice((made, groups))
    raise AssertionError(account)


def ip(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return f"2001:db8:{rng.randrange(1, 65536):x}::{rng.randrange(1, 65536):x}:{rng.randrange(1, 65536):x}"
    return ".".join(str(rng.randrange(1, 255)) for _ in range(4))


def url(rng: random.Random) -> str:
    host = f"db{rng.randint(1, 9)}.acme.example"
    return rng.choice(
        (f"postgresql://svc:{number(rng, 'A0A0A0')}@{host}:5432/main", f"https://bot:{number(rng, '00AA00')}@{host}/x")
    )


def secret(rng: random.Random) -> str:
    mixed = string.ascii_letters + string.digits
    return rng.choice(("sk-", "ghp_", "glpat-")) + "".join(rng.choice(mixed) for _ in range(36))


def day(rng: random.Random, language: str) -> str:
    months = {
        "en": "January March April July October", "de": "Januar März April Juli Oktober",
        "pl": "stycznia marca kwietnia lipca października", "uk": "січня березня квітня липня жовтня",
        "fr": "janvier mars avril juillet octobre",
    }[language].split()  # fmt: skip
    d, m, y, month = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2008), rng.choice(months)
    dotted = f"{d:02d}/{m:02d}/{y}" if language in {"en", "fr"} else f"{d:02d}.{m:02d}.{y}"
    said = {"de": f"{d}. {month} {y}"}.get(language, f"{d} {month} {y}")
    return rng.choice((dotted, said, f"{y}-{m:02d}-{d:02d}"))


PHONE: Final = {
    "en": dialled("+44 20 7### ####", "+44 7### ######", "+1 (212) 5##-####", "+1-415-5##-####", "(415) 5##-####",
                  "020 7### ####"),
    "de": dialled("+49 30 8######", "+49 (0)89 6#####", "0049 171 5######", "030 8######", "0171/5######",
                  "(0221) 4## ###"),
    "pl": dialled("+48 600 5## ###", "+48 22 6## ## ##", "+486005#####", "0048 501 7## ###"),
    "uk": dialled("+380 67 5## ## ##", "+380675######", "067 5## ## ##", "(044) 4##-##-##"),
    "fr": dialled("+33 6 5# ## ## ##", "+33 (0)1 4# ## ## ##", "06 5# ## ## ##", "01.4#.##.##.##"),
}  # fmt: skip
PHONE_ANNOUNCED: Final = {
    "en": dialled("555 01##", "7700 5## ###", "4155######"),
    "de": dialled("8### ###", "0308######", "01715######"),
    "pl": dialled("600 5## ###", "22 6## ## ##", "5017#####"),
    "uk": dialled("0675######", "5##-##-##", "67 5## ## ##"),
    "fr": dialled("065#######", "6 5# ## ## ##", "06.5#.##.##.##"),
}
NATIONAL: Final[Mapping[str, Mapping[str, Make]]] = {
    "en": {
        "SSN": checked(checksums.ssn, "000-00-0000"), "NINO": one_of("AB 00 00 00 C", "JK000000D"),
        "NHS": checked(checksums.nhs, "900 000 0000"), "PASSPORT": one_of("900000000", "A00000000"),
        "LICENCE": one_of("MORGA900000SM0AJ", "D0000000"),
    },
    "de": {
        "STEUER_ID": checked(checksums.steuer_id, "90 000 000 000", "90000000000"),
        "PASSPORT": one_of("C00A00A00", "CF0000000"),
        "LICENCE": one_of("B000AAA0A00"), "ID_CARD": one_of("L00A00A00", "T000000000"),
    },
    "pl": {
        "PESEL": checked(checksums.pesel, "90010900000", "85000000000", "00000000000"),
        "NIP": checked(checksums.nip, "900-000-00-00", "PL 9000000000"), "PASSPORT": one_of("EA0000000"),
        "ID_CARD": checked(checksums.id_card_pl, "AAA 000000", "AAA000000"), "LICENCE": one_of("00000/00/0000"),
    },
    "uk": {
        "RNOKPP": checked(checksums.rnokpp, "9000000000"), "PASSPORT": one_of("АМ 000000", "ЕА000000", "900000000"),
        "LICENCE": one_of("ВХР 000000", "ААА000000"), "ID_CARD": one_of("000000000"),
    },
    "fr": {
        "NIR": checked(checksums.nir, "1 85 12 78 006 000 00", "2 90 11 13 055 000 00"),
        "PASSPORT": one_of("09AA00000", "18CF00000"),
        "ID_CARD": one_of("900000000000", "D0A0A0A00"), "LICENCE": one_of("900000000000", "13AB00000"),
    },
}  # fmt: skip
EVERYWHERE: Final[Mapping[str, Make]] = {
    "EMAIL": email,
    "IBAN": iban,
    "CARD": checked(
        checksums.card, "4000 0000 0000 0000", "5500-0000-0000-0000", "4000000000000000", "3700 000000 00000"
    ),
    "IP": ip,
    "URL": url,
    "SECRET": secret,
    "NIF": checked(checksums.nif, "90000000A", "X-9000000-A", "90.000.000-A"),
    "MAC": lambda rng: ":".join(f"{rng.randrange(256):02X}" for _ in range(6)),
}
HARMLESS: Final[Mapping[str, Make]] = {
    "ORDER": one_of("90000000", "2026-000000", "AB-900000", "000000000", "SO9000000"),
    "DAY": lambda rng: rng.choice(
        ("2026-03-01", "14.05.2026", "01/02/2025", "3 March 2026", "09:30", "2025-11-30 17:45")
    ),
    "VERSION": one_of("3.11.7", "v2.0.14", "10.2.3.4.5", "1.0.0-rc.2"),
    "SUM": one_of("9,000,000.00", "9.000.000,00", "9 000 000", "90 000 000", "0.15", "900,00"),
    "ISBN": one_of("978-3-16-900000-0", "9783169000000"),
    "SIZE": one_of("1920x1080", "900 x 600 x 300 mm", "90/60 R16", "900000 rpm"),
    "RANGE": one_of("2019-2024", "900-950", "12.5-40.0", "1000 2000 3000"),
    "HASH": one_of("a9f0c000d0e0", "9c0ffee0", "sha256-00ab00"),
}
