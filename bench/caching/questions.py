"""Questions in six languages, each in other words, and beside questions that only look like it."""

from dataclasses import dataclass, field
from typing import Final

POLITE: Final = {
    "en": ("Hi, {q}", "{q} Thanks!", "Could you please tell me: {q}", "I would like to know, {q}"),
    "de": ("Guten Tag, {q}", "{q} Vielen Dank!", "Bitte, {q}", "Können Sie mir sagen, {q}"),
    "fr": ("Bonjour, {q}", "{q} Merci beaucoup !", "Pouvez-vous me dire : {q}", "{q} S'il vous plaît."),
    "es": ("Hola, {q}", "{q} ¡Muchas gracias!", "Por favor, {q}", "Quisiera saber: {q}"),
    "pl": ("Dzień dobry, {q}", "{q} Dziękuję!", "Proszę powiedzieć, {q}", "Mam pytanie: {q}"),
    "uk": ("Добрий день, {q}", "{q} Дякую!", "Скажіть, будь ласка, {q}", "Маю питання: {q}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    `{n}` stands for a number and `{c}` for a city, the same in all of an item, others in a question that is another.

    `same` asks the same with the same words that count, `reworded` with other words; `other` only looks like it, by
    what changes: who, whether, when, or one word.
    """

    question: str
    same: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    other: dict[str, str] = field(default_factory=dict)


ITEMS: Final = {
    "en": (
        Item(
            question="How many days of leave does an employee in {c} have after {n} years?",
            same=("After {n} years, how many days of leave does an employee in {c} have?",),
            reworded=("What is the vacation entitlement in {c} once somebody has been here for {n} years?",),
            other={
                "time": "How many days of leave does an employee in {c} have before {n} years?",
                "who": "How many days of leave does an employer in {c} have after {n} years?",
                "whether": "How many days of leave does an employee in {c} not have after {n} years?",
            },
        ),
        Item(
            question="Does the customer pay the supplier within {n} days?",
            same=("Does a customer pay a supplier within {n} days?",),
            reworded=("Must the supplier have its money from the customer in {n} days?",),
            other={
                "turned round": "Does the supplier pay the customer within {n} days?",
                "whether": "Does the customer not pay the supplier within {n} days?",
                "unit": "Does the customer pay the supplier within {n} weeks?",
            },
        ),
        Item(
            question="What is the fee for a late return in {c}?",
            same=("What's the fee for late returns in {c}?", "In {c}, what is the fee for late returns?"),
            reworded=("How much do I owe in {c} when I bring something back too late?",),
            other={
                "one word": "What is the fee for an early return in {c}?",
                "time": "What was the fee for a late return in {c}?",
                "question": "Who is paid the fee for a late return in {c}?",
            },
        ),
        Item(
            question="Can I cancel the contract online?",
            same=("Can I cancel contracts online?",),
            reworded=("Is there a way to end the agreement on the website?",),
            other={
                "may and must": "Must I cancel the contract online?",
                "one word": "Can I sign the contract online?",
                "who": "Can you cancel the contract online?",
            },
        ),
        Item(
            question="How do I export invoices from the archive to the ledger?",
            same=("How do I export an invoice from the archive to the ledger?",),
            reworded=("What are the steps to move bills out of the archive into the ledger?",),
            other={
                "turned round": "How do I export invoices from the ledger to the archive?",
                "one word": "How do I import invoices from the archive to the ledger?",
                "without": "How do I export invoices without the archive to the ledger?",
            },
        ),
    ),
    "de": (
        Item(
            question="Wie viele Urlaubstage hat ein Mitarbeiter in {c} nach {n} Jahren?",
            same=("Wie viele Urlaubstage hat der Mitarbeiter in {c} nach {n} Jahren?",),
            reworded=("Welchen Anspruch auf Ferien gibt es in {c}, wenn man {n} Jahre dabei ist?",),
            other={
                "time": "Wie viele Urlaubstage hat ein Mitarbeiter in {c} vor {n} Jahren?",
                "who": "Wie viele Urlaubstage hat ein Vorgesetzter in {c} nach {n} Jahren?",
                "unit": "Wie viele Urlaubstage hat ein Mitarbeiter in {c} nach {n} Monaten?",
            },
        ),
        Item(
            question="Wie hoch ist die Gebühr für eine Mahnung in {c}?",
            same=(
                "Wie hoch ist die Gebühr für Mahnungen in {c}?",
                "Wie hoch sind die Gebühren für eine Mahnung in {c}?",
            ),
            reworded=("Was kostet es in {c}, wenn man gemahnt wird?",),
            other={
                "one word": "Wie hoch ist die Gebühr für eine Kündigung in {c}?",
                "time": "Wie hoch war die Gebühr für eine Mahnung in {c}?",
                "question": "Wann ist die Gebühr für eine Mahnung in {c}?",
            },
        ),
        Item(
            question="Zahlt der Vermieter dem Mieter die Kaution zurück?",
            same=("Zahlt ein Vermieter einem Mieter die Kaution zurück?",),
            reworded=("Bekommt der Mieter sein Pfandgeld vom Vermieter wieder?",),
            other={
                "turned round": "Zahlt der Mieter dem Vermieter die Kaution zurück?",
                "whether": "Zahlt der Vermieter dem Mieter die Kaution nicht zurück?",
                "one word": "Zahlt der Vermieter dem Mieter die Miete zurück?",
            },
        ),
        Item(
            question="Darf ich Kunden ohne Vertrag beliefern?",
            same=("Darf ich einen Kunden ohne einen Vertrag beliefern?",),
            reworded=("Ist eine Lieferung erlaubt, wenn nichts unterschrieben ist?",),
            other={
                "may and must": "Muss ich Kunden ohne Vertrag beliefern?",
                "without": "Darf ich Kunden mit Vertrag beliefern?",
                "who": "Dürfen wir Kunden ohne Vertrag beliefern?",
            },
        ),
    ),
    "fr": (
        Item(
            question="Quel est le délai de paiement d'une facture à {c} ?",
            same=("Quel est le délai de paiement des factures à {c} ?",),
            reworded=("Combien de temps a-t-on à {c} pour régler ce qui est dû ?",),
            other={
                "one word": "Quel est le délai de livraison d'une facture à {c} ?",
                "time": "Quel était le délai de paiement d'une facture à {c} ?",
                "question": "Pourquoi le délai de paiement d'une facture à {c} ?",
            },
        ),
        Item(
            question="Le client peut-il annuler la commande après {n} jours ?",
            same=("Après {n} jours, le client peut-il annuler la commande ?",),
            reworded=("Est-il possible de se rétracter au bout de {n} jours ?",),
            other={
                "time": "Le client peut-il annuler la commande avant {n} jours ?",
                "may and must": "Le client doit-il annuler la commande après {n} jours ?",
                "whether": "Le client ne peut-il pas annuler la commande après {n} jours ?",
            },
        ),
        Item(
            question="Comment convertir un devis en facture ?",
            same=("Comment convertir des devis en factures ?",),
            reworded=("Par quelles étapes un devis devient-il une facture ?",),
            other={
                "turned round": "Comment convertir une facture en devis ?",
                "one word": "Comment envoyer un devis en facture ?",
                "who": "Qui peut convertir un devis en facture ?",
            },
        ),
    ),
    "es": (
        Item(
            question="¿Cuál es el plazo de entrega en {c}?",
            same=("En {c}, ¿cuál es el plazo de entrega?",),
            reworded=("¿Cuánto tarda en llegar un pedido a {c}?",),
            other={
                "one word": "¿Cuál es el plazo de pago en {c}?",
                "time": "¿Cuál era el plazo de entrega en {c}?",
                "question": "¿Cuál es el precio de entrega en {c}?",
            },
        ),
        Item(
            question="¿Puede el cliente devolver el producto después de {n} días?",
            same=("¿Puede un cliente devolver un producto después de {n} días?",),
            reworded=("Pasados {n} días, ¿se admite todavía una devolución?",),
            other={
                "time": "¿Puede el cliente devolver el producto antes de {n} días?",
                "may and must": "¿Debe el cliente devolver el producto después de {n} días?",
                "whether": "¿No puede el cliente devolver el producto después de {n} días?",
            },
        ),
        Item(
            question="¿Paga la empresa el seguro con recibo?",
            same=("¿Paga una empresa un seguro con recibo?",),
            reworded=("¿Corre el seguro a cargo de la compañía si hay comprobante?",),
            other={
                "without": "¿Paga la empresa el seguro sin recibo?",
                "turned round": "¿Paga el seguro la empresa con recibo?",
                "one word": "¿Cancela la empresa el seguro con recibo?",
            },
        ),
    ),
    "pl": (
        Item(
            question="Jaki jest termin płatności faktury w {c}?",
            same=("Jaki jest termin płatności faktur w {c}?",),
            reworded=("Ile mam czasu, żeby uregulować rachunek w {c}?",),
            other={
                "one word": "Jaki jest termin dostawy faktury w {c}?",
                "time": "Jaki był termin płatności faktury w {c}?",
                "question": "Dlaczego jest termin płatności faktury w {c}?",
            },
        ),
        Item(
            question="Czy mogę wypowiedzieć umowę po {n} miesiącach?",
            same=("Czy mogę wypowiedzieć umowy po {n} miesiącach?",),
            reworded=("Czy po upływie {n} miesięcy wolno mi zrezygnować?",),
            other={
                "may and must": "Czy muszę wypowiedzieć umowę po {n} miesiącach?",
                "whether": "Czy nie mogę wypowiedzieć umowy po {n} miesiącach?",
                "time": "Czy mogę wypowiedzieć umowę przed {n} miesiącami?",
            },
        ),
    ),
    "uk": (
        Item(
            question="Який термін оплати рахунку в {c}?",
            same=("Який термін оплати рахунків в {c}?",),
            reworded=("Скільки часу є, щоб розрахуватися в {c}?",),
            other={
                "one word": "Який термін доставки рахунку в {c}?",
                "time": "Який був термін оплати рахунку в {c}?",
                "question": "Чому термін оплати рахунку в {c}?",
            },
        ),
        Item(
            question="Чи можу я розірвати договір після {n} місяців?",
            same=("Чи можу я розірвати договори після {n} місяців?",),
            reworded=("Чи дозволено відмовитися, коли минуло {n} місяців?",),
            other={
                "may and must": "Чи мушу я розірвати договір після {n} місяців?",
                "whether": "Чи не можу я розірвати договір після {n} місяців?",
                "time": "Чи можу я розірвати договір до {n} місяців?",
            },
        ),
    ),
}  # fmt: skip
