"""One file per event version ever stored: each still loads as the event that it was; none is ever edited."""

import json
from dataclasses import MISSING, fields
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent

from domain.catalogue import EVENTS
from domain.recorded import Unreadable
from infra.event_store.mapper import EventMapper, PlacedEvent

FOLDER = Path(__file__).parent / "events"
STREAM = UUID(int=7)


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_golden_file(name: str) -> None:
    assert (FOLDER / f"{name}.json").is_file(), f"store one payload of {name} in tests/golden/events/{name}.json"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_a_stored_payload_still_loads_and_says_the_same(file: Path) -> None:
    payload = json.loads(file.read_text())
    # `name~with_more.json` is a payload of the same version that uses a field which was added with a default.
    name = file.stem.partition("~")[0]
    mapper = EventMapper()
    stored = StoredEvent(STREAM, 1, name, json.dumps(payload).encode())
    placed: PlacedEvent = mapper.to_domain_event(stored)
    assert isinstance(placed.event, EVENTS[name])
    added = {f.name: f.default for f in fields(placed.event) if f.name not in payload}  # type: ignore[arg-type]
    assert MISSING not in added.values()
    again = mapper.to_stored_event(placed)
    assert (again.topic, json.loads(again.state)) == (name, {**payload, **json.loads(json.dumps(added))})


def test_a_former_version_is_lifted_to_the_current_one() -> None:
    upcasts = {"document.renamed.v0": ("document.renamed.v1", lambda p: {"document_id": p["id"], "title": p["name"]})}
    stored = StoredEvent(STREAM, 1, "document.renamed.v0", json.dumps({"id": str(STREAM), "name": "Old"}).encode())
    event = EventMapper(upcasts=upcasts).to_domain_event(stored).event
    assert (event.document_id, event.title) == (STREAM, "Old")


def test_an_event_of_a_later_version_is_kept_as_unreadable() -> None:
    event = EventMapper().to_domain_event(StoredEvent(STREAM, 1, "document.exploded.v9", b"{}")).event
    assert event == Unreadable("document.exploded.v9", "written by a later version")
