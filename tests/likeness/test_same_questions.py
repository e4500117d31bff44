"""Two questions are one when they differ in nothing that says anything; what could change the answer makes two."""

import pytest

from gateway.likeness.same_question import why_another

SAME = [
    ("How long does a calibration take?", "how long does a calibration take"),
    ("How long does a calibration take?", "Hello, could you please tell me how long a calibration does take?"),
    ("How many days of leave do I have?", "How many days of leave do I have, please?"),
    ("What is the notice period for tenants in Berlin?", "In Berlin, what is the notice period for tenants?"),
    ("What's the fee for late returns?", "What is the fee for a late return?"),
    ("Wie hoch ist die Gebühr für Mahnungen?", "Bitte, wie hoch ist die Gebühr für eine Mahnung?"),
    ("Quel est le délai de paiement ?", "Bonjour, quel est le délai de paiement, s'il vous plaît ?"),
    ("¿Cuál es el plazo de entrega?", "Por favor, ¿cuál es el plazo de entrega?"),
    ("Jaki jest termin płatności faktury?", "Dzień dobry, jaki jest termin płatności faktury?"),
    ("Який термін оплати рахунку?", "Скажіть, будь ласка, який термін оплати рахунку?"),
]
OTHER = [
    ("Is the fee 12 EUR?", "Is the fee 21 EUR?", "figures"),
    ("May I smoke here?", "May I not smoke here?", "words"),
    ("Does the customer pay the supplier?", "Does the supplier pay the customer?", "order"),
    ("How do I convert EUR to USD?", "How do I convert USD to EUR?", "order"),
    ("Who runs IT?", "Who runs it?", "names"),
    ("Is paper A4 in stock?", "Is paper A5 in stock?", "names"),
    ("What is the limit?", "What was the limit?", "words"),
    ("Can I cancel?", "Must I cancel?", "words"),
    ("What may an employer ask?", "What may an employee ask?", "words"),
    ("Is travel insured?", "Is travel uninsured?", "words"),
    ("Wie hoch ist die Miete?", "Wie hoch ist der Mieter?", "words"),
    ("Wann darf ich kündigen?", "When may I give notice?", "language"),
    ("Please.", "Thanks!", "words"),
    ("Fees before 2026?", "Fees after 2026?", "words"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_says_nothing_makes_no_other_question(one: str, other: str) -> None:
    assert why_another(one, other) == ""
    assert why_another(other, one) == ""


@pytest.mark.parametrize(("one", "other", "reason"), OTHER)
def test_what_could_change_the_answer_makes_another_question(one: str, other: str, reason: str) -> None:
    assert why_another(one, other) == reason
    assert why_another(other, one) == reason


def test_what_is_too_long_to_be_compared_is_another_question() -> None:
    assert why_another("word " * 200, "word " * 200) == "length"
