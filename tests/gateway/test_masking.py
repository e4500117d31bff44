"""What counts as personal data in a prompt, and how it comes back in an answer that streams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.calls import Speaker, Turn
from gateway.masking import Finding, Mask, Unmasking, masked
from infra.presidio import PresidioRecogniser

RECOGNISER = PresidioRecogniser()

PERSONAL = [
    ("EMAIL", "ana.lind@acme.example"),
    ("EMAIL", "a+b@sub.domain.co.uk"),
    ("PHONE", "+49 30 901820"),
    ("PHONE", "+44 20 7946 0018"),
    ("IBAN", "DE89 3704 0044 0532 0130 00"),
    ("IBAN", "GB82WEST12345698765432"),
    ("CARD", "4111 1111 1111 1111"),
    ("CARD", "5500005555555559"),
    ("IP", "192.168.17.4"),
    ("IP", "2001:db8::8a2e:370:7334"),
    ("URL", "postgresql://ana:s3cret@db.acme.example:5432/ledger"),
    ("URL", "https://deploy:ghp_token@git.acme.example/repo.git"),
]

SSN = "219-09-9999"
"""Nine digits in such groups may be a telephone number, too; what counts is that they do not leave."""

HARMLESS = [
    "The calibration takes four weeks and costs 1,200 EUR on 2026-03-01.",
    "Version 3.11.7 replaces 3.10; see section 4.2.1 and table 12.",
    "Order 20261121 has 12 items of 45 kg, priced at 0.15 each.",
    "The share rose from 12.5 % to 40 % between 09:30 and 17:45.",
    "Documents: https://docs.example.org/guide?page=2#part",
    "ISO 9001:2015, RFC 6962 and EN 60601-1 apply.",
]


@pytest.mark.parametrize(("kind", "value"), PERSONAL)
def test_personal_data_is_hidden_wherever_it_stands(kind: str, value: str) -> None:
    for text in (value, f"Please write to {value} soon.", f"({value}), she said"):
        (turn,), mask = masked([Turn(Speaker.USER, text)], RECOGNISER)
        assert value not in turn.text, text
        assert mask.show(turn.text) == text
        assert dict(mask.counts()) == {kind.lower(): 1}


@pytest.mark.parametrize("text", [SSN, f"Her number is {SSN}.", f"({SSN}), she said"])
def test_a_social_security_number_is_hidden_under_one_name_or_the_other(text: str) -> None:
    (turn,), mask = masked([Turn(Speaker.USER, text)], RECOGNISER)
    assert "9999" not in turn.text
    assert mask.show(turn.text) == text
    assert {kind for kind, _ in mask.counts()} <= {"ssn", "phone"}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_not_personal_stays(text: str) -> None:
    (turn,), mask = masked([Turn(Speaker.USER, text)], RECOGNISER)
    assert turn.text == text
    assert mask.counts() == ()


def test_one_person_has_one_placeholder_in_the_whole_conversation() -> None:
    turns = [Turn(Speaker.USER, "I am a@x.example, not b@x.example."), Turn(Speaker.USER, "Answer a@x.example.")]
    hidden, mask = masked(turns, RECOGNISER)
    assert [turn.text for turn in hidden] == ["I am [EMAIL_1], not [EMAIL_2].", "Answer [EMAIL_1]."]
    assert mask.counts() == (("email", 2),)


def test_a_placeholder_that_nobody_gave_stays_as_it_is() -> None:
    assert Mask().show("[EMAIL_7] and [S1]") == "[EMAIL_7] and [S1]"


PIECES = st.lists(st.sampled_from(["[EMAIL_1]", "[EMAIL_2]", "[S1]", "[", "]", "EMAIL_1", " word ", "x"]), max_size=12)


@given(PIECES, st.lists(st.integers(min_value=1, max_value=7), min_size=1, max_size=40))
def test_an_answer_cut_anywhere_comes_back_as_if_it_were_whole(pieces: list[str], cuts: list[int]) -> None:
    # given
    mask = Mask()
    mask.hide("a@x.example b@x.example", [Finding("EMAIL", 12, 23), Finding("EMAIL", 0, 11)])
    text, unmasking, shown = "".join(pieces), Unmasking(mask), ""
    # when
    for length in cuts:
        shown += unmasking.take(text[:length])
        text = text[length:]
    shown += unmasking.take(text) + unmasking.rest()
    # then
    assert shown == mask.show("".join(pieces))
