"""Files that are read once at start: TOML or JSON, checked by a model, refused in one line that repeats no value."""

import json
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from infra.start_refused import StartRefused


class Strict(BaseModel):
    """A field that nobody knows is refused by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Checked = TypeVar("Checked", bound=Strict)


def checked(path: Path, model: type[Checked]) -> Checked:
    """Return what the file holds. Raises StartRefused."""
    try:
        return model.model_validate(_parsed(path))
    except ValidationError as error:
        raise StartRefused(f"{path}: {first_sentence(error)}") from None


def first_sentence(error: ValidationError) -> str:
    """Return the first problem: the field, and what is wrong with it, without what was given."""
    problem = error.errors(include_input=False, include_url=False)[0]
    where, message = ".".join(map(str, problem["loc"])), problem["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text()
        return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise StartRefused(f"{path}: {error.strerror}") from None
    except ValueError as error:
        # What it says is where, and never what stands there.
        raise StartRefused(f"{path}: it is no {'JSON' if path.suffix == '.json' else 'TOML'}: {error}") from None
