"""The check digits that tell a number of some kind from any other row of digits."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

_NIF_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCAL_ODD: Final = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21) * 2 + (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)
_IBAN_LENGTHS: Final[Mapping[str, int]] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip


def digits(text: str) -> list[int]:
    """Return the digits alone."""
    return [int(character) for character in text if "0" <= character <= "9"]


def plain(text: str) -> str:
    """Return letters and digits alone, in capitals."""
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def card(text: str) -> bool:
    """Luhn's sum, over the lengths and first digits that issuers use."""
    number = digits(text)
    first, two = number[0], number[0] * 10 + number[1]
    by_issuer = {15: two in {34, 37}, 14: two in {30, 36, 38, 39}, 16: first in {2, 3, 4, 5, 6}, 13: first == 4}  # noqa: PLR2004  # as issuers have it
    if not by_issuer.get(len(number), len(number) in {17, 18, 19} and first in {4, 5, 6}) or len(set(number)) == 1:
        return False
    doubled = [sum(divmod(digit * 2, 10)) for digit in number[-2::-2]]
    return (sum(number[-1::-2]) + sum(doubled)) % 10 == 0


def iban_length(country: str) -> int:
    """Return how many characters an account of the country has; 0 where it has none."""
    return _IBAN_LENGTHS.get(country.upper(), 0)


def iban(text: str) -> bool:
    """ISO 7064, modulo 97."""
    account = plain(text)
    if len(account) != iban_length(account[:2]):
        return False
    return int("".join(str(int(character, 36)) for character in account[4:] + account[:4])) % 97 == 1


def pesel(text: str) -> bool:
    """Poland's personal number: a date of birth in it, too."""
    number = digits(text)
    month, day = (number[2] * 10 + number[3]) % 20, number[4] * 10 + number[5]
    return month in range(1, 13) and day in range(1, 32) and _weighed(number, (1, 3, 7, 9) * 2 + (1, 3, 1)) % 10 == 0


def nip(text: str) -> bool:
    """Poland's tax number."""
    number = digits(text)
    return number[0] != 0 and _weighed(number[:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == number[9]


def steuer_id(text: str) -> bool:
    """Germany's tax number: one digit of the first ten comes twice or thrice, and ISO 7064, modulo 11, 10."""
    number = digits(text)
    times = sorted(Counter(number[:10]).values(), reverse=True)
    if number[0] == 0 or times[0] not in {2, 3} or (len(times) > 1 and times[1] > 1):
        return False
    product = 10
    for digit in number[:10]:
        product = 2 * ((digit + product) % 10 or 10) % 11
    return (11 - product) % 10 == number[10]


def nif(text: str) -> bool:
    """Spain's tax number, of citizens and of foreigners."""
    value = plain(text)
    number = value[:-1].translate(str.maketrans("XYZ", "012"))
    return _NIF_LETTERS[int(number) % 23] == value[-1]


def codice_fiscale(text: str) -> bool:
    """Italy's tax code."""
    value = plain(text)
    even = sum(int(character, 36) - (0 if character.isdigit() else 10) for character in value[1:15:2])
    odd = sum(_FISCAL_ODD[character] for character in value[0:15:2])
    return chr(ord("A") + (even + odd) % 26) == value[15]


def rnokpp(text: str) -> bool:
    """Ukraine's tax number."""
    number = digits(text)
    return _weighed(number[:9], (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == number[9]


def nir(text: str) -> bool:
    """France's social security number, Corsica's departments included."""
    value = plain(text)
    corsica = 19 if "2A" in value[5:7] else 18
    number = value[:13].replace("2A", str(corsica)).replace("2B", str(corsica))
    return 97 - int(number) % 97 == int(value[13:15])


def nhs(text: str) -> bool:
    """The number of the United Kingdom's health service."""
    number = digits(text)
    return (11 - _weighed(number[:9], range(10, 1, -1)) % 11) % 11 == number[9]


def ssn(text: str) -> bool:
    """The United States' social security number: what was never issued is none."""
    number = "".join(str(digit) for digit in digits(text))
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def id_card_pl(text: str) -> bool:
    """The number of a Polish identity card."""
    values = [int(character, 36) for character in plain(text)]
    return _weighed(values[:3] + values[4:], (7, 3, 1, 7, 3, 1, 7, 3)) % 10 == values[3]


def _weighed(numbers: Sequence[int], weights: Sequence[int]) -> int:
    return sum(number * weight for number, weight in zip(numbers, weights, strict=True))


Check = Callable[[str], bool]
