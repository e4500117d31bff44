"""Check digits are those of the authorities that give the numbers: published examples pass, and no neighbour does."""

import pytest

from gateway.personal import checksums

PUBLISHED = [
    (checksums.card, "4111 1111 1111 1111"),
    (checksums.card, "378282246310005"),
    (checksums.card, "6011111111111117"),
    (checksums.iban, "DE89 3704 0044 0532 0130 00"),
    (checksums.iban, "GB82WEST12345698765432"),
    (checksums.iban, "FR14 2004 1010 0505 0001 3M02 606"),
    (checksums.iban, "PL61 1090 1014 0000 0712 1981 2874"),
    (checksums.iban, "UA213223130000026007233566001"),
    (checksums.pesel, "44051401359"),
    (checksums.nip, "123-456-32-18"),
    (checksums.steuer_id, "86 095 742 719"),
    (checksums.steuer_id, "65929970489"),
    (checksums.nif, "12345678Z"),
    (checksums.nif, "X-1234567-L"),
    (checksums.codice_fiscale, "RSSMRA85T10A562S"),
    (checksums.nir, "2 55 08 14 168 025 38"),
    (checksums.nhs, "943 476 5919"),
    (checksums.id_card_pl, "ABA300000"),
    (checksums.rnokpp, "3184710691"),
]


@pytest.mark.parametrize(("check", "value"), PUBLISHED)
def test_a_published_number_passes_and_one_with_another_last_digit_does_not(check: checksums.Check, value: str) -> None:
    assert check(value)
    place = max(place for place, character in enumerate(value) if character.isdigit())
    others = [value[:place] + str(digit) + value[place + 1 :] for digit in range(10) if str(digit) != value[place]]
    assert not any(check(other) for other in others)


@pytest.mark.parametrize("value", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"])
def test_what_was_never_issued_is_no_social_security_number(value: str) -> None:
    assert not checksums.ssn(value)


def test_a_row_of_one_digit_is_no_card() -> None:
    assert not checksums.card("0000 0000 0000 0000")
    assert not checksums.card("4444 4444 4444 4444")
