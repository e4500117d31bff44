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
