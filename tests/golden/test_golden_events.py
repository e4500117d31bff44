"""One file per event version ever stored: each still loads as the event that it was; none is ever edited."""

import json
import os
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.catalogue import EVENTS, Upcast
from domain.recorded import OF_A_LATER_VERSION, Unreadable
from domain.sealed import ERASED, Sealed
from infra.event_store.mapper import PUBLISHED, EventMapper, PlacedEvent, SealedStoredEvent
from infra.event_store.sealing import DataKey, SegmentAddress, seal
from infra.event_store.segments import keys_of

FOLDER = Path(__file__).parent / "events"
STORED = sorted(file for file in FOLDER.glob("*.json") if not file.stem.endswith("~lifted"))
STREAM, TENANT = UUID(int=7), UUID(int=8)
KEY, PERSONAL_KEY = DataKey(UUID(int=1), os.urandom(32)), DataKey(UUID(int=2), os.urandom(32))


def stored(
    name: str, *, content: Mapping[str, object], personal: Mapping[str, object] | None = None
) -> SealedStoredEvent:
    """What stands in the log: sealed bytes."""
    event_id = uuid4()
    parts = [("content", content, KEY), ("personal", personal, PERSONAL_KEY)]
    segments = tuple(
        seal(SegmentAddress(TENANT, event_id, part), json.dumps(payload).encode(), key)
        for part, payload, key in parts
        if payload is not None
    )
    return SealedStoredEvent(STREAM, 0, name, segments[0].ciphertext, event_id, segments)


def read(event: SealedStoredEvent, upcasts: Mapping[str, Upcast] | None = None, *, erased: bool = False) -> object:
    keys = {key.key_id: key for key in ([KEY] if erased else [KEY, PERSONAL_KEY])}
    language = replace(PUBLISHED, upcasts=upcasts or {})
    return EventMapper(TENANT, opening=keys, language=language).to_domain_event(event).event


def current(name: str) -> str:
    while name in PUBLISHED.upcasts:
        name = PUBLISHED.upcasts[name][0]
    return name


def lifted(name: str) -> Path:
    return FOLDER / f"{name}~lifted.json"


@pytest.mark.parametrize("name", PUBLISHED.upcasts)
def test_every_former_version_keeps_its_golden_file_and_says_what_it_became(name: str) -> None:
    assert (FOLDER / f"{name}.json").is_file(), f"the file of {name} is gone from tests/golden/events"
    assert lifted(name).is_file(), f"write what {name} reads as today to {lifted(name).name}"


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_golden_file(name: str) -> None:
    assert (FOLDER / f"{name}.json").is_file(), f"store one payload of {name} in tests/golden/events/{name}.json"


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_a_stored_payload_still_loads_and_says_the_same(file: Path) -> None:
    payload = json.loads(file.read_text())
    # `name~with_more.json` is a payload of the same version that uses a field which was added with a default.
    name = file.stem.partition("~")[0]
    event = read(stored(name, content=payload), PUBLISHED.upcasts)
    if name in PUBLISHED.upcasts:
        # `name~lifted.json` says what it is today; it is no payload of that version, and so not read here.
        assert event == read(stored(current(name), content=json.loads(lifted(name).read_text())))
        return
    assert isinstance(event, EVENTS[name])
    added = {f.name: f.default for f in fields(event) if f.name not in payload}  # type: ignore[arg-type]
    assert MISSING not in added.values()
    segments = EventMapper(TENANT).split(event)
    again = {key: value for segment in segments for key, value in json.loads(segment.plaintext).items()}
    assert again == {**payload, **json.loads(json.dumps(added))}


@pytest.mark.parametrize("name", EVENTS)
def test_what_is_stored_under_its_keys_is_what_was_said(name: str) -> None:
    event = read(stored(name, content=json.loads((FOLDER / f"{name}.json").read_text())))
    assert isinstance(event, Sealed)
    content, personal = keys_of(event, TENANT)
    keys = {content: KEY} if personal is None else {content: KEY, personal: PERSONAL_KEY}
    sealed = EventMapper(TENANT, sealing=keys).to_stored_event(PlacedEvent(STREAM, 0, event))
    assert (sealed.topic, read(sealed)) == (name, event)


def test_a_former_version_is_lifted_to_the_current_one() -> None:
    upcasts = {"document.renamed.v0": ("document.renamed.v1", lambda p: {"document_id": p["id"], "title": p["name"]})}
    event = read(stored("document.renamed.v0", content={"id": str(STREAM), "name": "Old"}), upcasts)
    assert event == EVENTS["document.renamed.v1"](document_id=STREAM, title="Old")  # type: ignore[call-arg]


TWO_STEPS: Mapping[str, Upcast] = {
    "colleague.hired.v1": (
        "colleague.hired.v2",
        lambda p: {"id": p["id"], "mail": p["contact"], "name": p["called"].title()},
    ),
    "colleague.hired.v2": (
        "member.added.v1",
        lambda p: {"member_id": p["id"], "email": p["mail"], "name": p["name"], "role": "editor"},
    ),
}


def test_two_upcasts_lift_stored_bytes_of_two_segments() -> None:
    oldest = stored("colleague.hired.v1", content={"id": str(STREAM)}, personal={"contact": "a@b.c", "called": "ana"})
    younger = stored("colleague.hired.v2", content={"id": str(STREAM)}, personal={"mail": "a@b.c", "name": "Ana"})
    now = EVENTS["member.added.v1"](member_id=STREAM, email="a@b.c", name="Ana", role="editor")  # type: ignore[call-arg]
    assert [read(oldest, TWO_STEPS), read(younger, TWO_STEPS)] == [now, now]


def test_upcasts_lift_what_is_left_of_an_event_about_an_erased_person() -> None:
    oldest = stored("colleague.hired.v1", content={"id": str(STREAM)}, personal={"contact": "a@b.c", "called": "ana"})
    event = read(oldest, TWO_STEPS, erased=True)
    assert isinstance(event, EVENTS["member.added.v1"])
    assert (event.member_id, event.email) == (STREAM, ERASED)  # type: ignore[attr-defined]


def test_an_event_of_a_later_version_is_kept_as_unreadable() -> None:
    event = read(stored("document.exploded.v9", content={"size": 3}))
    assert event == Unreadable("document.exploded.v9", OF_A_LATER_VERSION)
