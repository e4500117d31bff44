"""Write the settings' reference page and the example file from the settings themselves."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from app.settings import Settings, variable_name

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = Path("docs/reference/settings.md")
EXAMPLE = Path(".env.example")
HEADER = """# Settings

Read once at start from the environment and from a file `.env` in the working folder; the environment wins.
What an admin may change while Colophon runs is not here.

*This page is written by `make docs`.*

| variable | default | what it sets |
|---|---|---|
"""


def reference() -> str:
    """Return the page."""
    rows = (
        f"| `{variable_name(name)}`{_secrecy(name)} | {_shown_default(name)} | {_text(name)} |"
        for name in Settings.model_fields
    )
    return HEADER + "\n".join(rows) + "\n"


def example() -> str:
    """Return an example file in which every line is a comment, so that a copy changes nothing."""
    blocks = (f"# {_text(name)}\n# {variable_name(name)}={_default(name)}\n" for name in Settings.model_fields)
    return "# Copy to .env and uncomment what you change. Nothing has to be set.\n\n" + "\n".join(blocks)


def _text(name: str) -> str:
    return str(Settings.model_fields[name].description)


def _shown_default(name: str) -> str:
    return f"`{default}`" if (default := _default(name)) else ""


def _default(name: str) -> str:
    default = Settings.model_fields[name].default
    return "" if default in {None, PydanticUndefined} else str(default)


def _secrecy(name: str) -> str:
    return " (secret)" if SecretStr.__name__ in str(Settings.model_fields[name].annotation) else ""


if __name__ == "__main__":
    (ROOT / REFERENCE).parent.mkdir(parents=True, exist_ok=True)
    (ROOT / REFERENCE).write_text(reference())
    (ROOT / EXAMPLE).write_text(example())
