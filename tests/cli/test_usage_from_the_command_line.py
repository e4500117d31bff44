"""What AI has cost, from the command line beside a running Colophon."""

from csv import DictReader
from decimal import Decimal
from pathlib import Path

from httpx import Client

from tests.support.command_line import colophon, loaded_by
from tests.support.up import Up


def test_what_was_asked_is_what_is_shown(up: Up) -> None:
    # given
    before = colophon("usage", "--tenant", "acme", "--by", "model", data=up.folder).document
    key = colophon("key", "create", "--tenant", "acme", "--member", "ana@acme.example", data=up.folder).document
    question = {"model": "auto", "messages": [{"role": "user", "content": "What is a colophon?"}]}
    with Client(base_url=up.url, headers={"Authorization": f"Bearer {key['api_key']}"}) as client:
        paid = client.post("/v1/chat/completions", json=question).json()["colophon"]["cost_micros"]
    # when
    after = colophon("usage", "--tenant", "acme", "--by", "model", data=up.folder).document
    # then
    assert after["total_micros"] == before["total_micros"] + paid
    assert paid > 0
    assert [row["model"] for row in after["rows"]] == ["local/extractive"]
    told = colophon("usage", "--tenant", "acme", "--by", "member", data=up.folder, as_json=False)
    assert told.stdout.strip().endswith(f"total: {after['total_micros'] / 1_000_000:.6f} USD")
    assert "Ana" in told.stdout
    assert "at the end of the month: " in told.stdout


def test_the_bill_goes_into_a_file_that_was_not_there(up: Up, tmp_path: Path) -> None:
    # when
    bill = tmp_path / "focus.csv"
    shown = colophon("usage", "--tenant", "acme", "--focus", str(bill), data=up.folder).document
    # then
    with bill.open(newline="") as lines:
        charges = list(DictReader(lines))
    assert sum(Decimal(charge["BilledCost"]) for charge in charges) * 1_000_000 == shown["total_micros"]
    again = colophon("usage", "--tenant", "acme", "--focus", str(bill), data=up.folder)
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)


def test_a_budget_begins_anew_with_a_reason_and_the_running_server_grants_it(up: Up) -> None:
    # given
    key = colophon("key", "create", "--tenant", "acme", "--member", "ana@acme.example", data=up.folder).document
    question = {"model": "auto", "messages": [{"role": "user", "content": "What is a budget?"}]}
    headers = {"Authorization": f"Bearer {key['api_key']}"}
    with Client(base_url=up.url, headers=headers) as client:
        assert client.post("/v1/chat/completions", json=question).status_code == 200
        spent = client.get("/api/v1/budgets").json()["items"][0]["spent_micros"]
        # when
        wish = ("member_day", "--tenant", "acme", "--member", "ana@acme.example", "--reason", "A new contract.")
        done = colophon("budget", "reset", *wish, data=up.folder).document
        # then
        assert (done["spent_micros"], done["forgiven_micros"], done["currency"]) == (spent, spent, "USD")
        assert done["remaining_micros"] == done["limit_micros"]
        client.post("/v1/chat/completions", json=question, headers={"Cache-Control": "no-store"})
        (member_day, *_) = client.get("/api/v1/budgets").json()["items"]
    assert member_day["forgiven_micros"] == spent > 0


def test_a_run_of_a_test_set_is_kept_in_the_name_of_an_administrator(up: Up) -> None:
    run = ("--purpose", "chat", "--model", "local/extractive", "--test-set", "questions", "--examples", "8")
    whose = ("record", "--tenant", "acme", "--member")
    kept = colophon("eval", *whose, "adam@acme.example", *run, "--right", "6", data=up.folder)
    assert kept.document["accuracy"] == 0.75
    refused = colophon("eval", *whose, "ana@acme.example", *run, "--right", "6", data=up.folder)
    impossible = colophon("eval", *whose, "adam@acme.example", *run, "--right", "9", data=up.folder)
    assert (refused.exit_code, impossible.exit_code) == (1, 1)


def test_a_budget_is_reset_for_a_reason_and_for_whom_it_is_said(up: Up) -> None:
    no_reason = colophon("budget", "reset", "tenant_day", "--tenant", "acme", "--reason", " ", data=up.folder)
    assert no_reason.exit_code == 1
    for wish in (("member_day",), ("tenant_day", "--member", "ana@acme.example"), ("key_day",)):
        refused = colophon("budget", "reset", *wish, "--tenant", "acme", "--reason", "Why not.", data=up.folder)
        assert refused.exit_code == 2, wish


def test_a_tenant_that_nobody_opened_has_no_usage(up: Up) -> None:
    refused = colophon("usage", "--tenant", "nobody", data=up.folder)
    assert refused.exit_code == 1
    assert "nobody" in refused.stderr


def test_a_command_on_the_log_loads_neither_the_web_nor_models(up: Up) -> None:
    # when
    loaded = loaded_by("usage", "--tenant", "acme", "--data", str(up.folder))
    # then
    assert "sqlalchemy" in loaded
    of_the_web = {"fastapi", "starlette", "strawberry", "uvicorn"}
    of_models = {"anthropic", "langgraph", "onnxruntime", "openai", "qdrant_client", "qdrant_edge", "spacy"}
    assert loaded & (of_the_web | of_models | {"alembic", "presidio_analyzer", "reportlab", "tokenizers"}) == set()


def test_a_threshold_is_replayed_over_what_was_rated(up: Up) -> None:
    found = colophon("eval", "confidence", "--tenant", "acme", "--threshold", "0.8", data=up.folder)
    assert found.document == {"threshold_permille": 800, "tasks": []}
    told = colophon("eval", "confidence", "--tenant", "acme", data=up.folder, as_json=False)
    assert told.stdout.splitlines() == ["Threshold 0.70", "No answer that was judged is rated."]
