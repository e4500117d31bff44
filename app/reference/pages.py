"""Every generated page, by where it stands in the project."""

from pathlib import Path

from app import settings_reference
from app.reference.command_line import command_line_page
from app.reference.errors import errors_page
from app.reference.events import events_page
from app.reference.model_clients import model_clients_page
from app.reference.permissions import permissions_page
from app.reference.policies import policies_page
from app.reference.templates import templates_page

ROOT = Path(__file__).resolve().parents[2]


def pages() -> dict[str, str]:
    """Return each page's text by its path from the root."""
    return {
        settings_reference.REFERENCE.as_posix(): settings_reference.reference(),
        settings_reference.EXAMPLE.as_posix(): settings_reference.example(),
        "docs/reference/events.md": events_page(),
        "docs/reference/errors.md": errors_page(),
        "docs/reference/permissions.md": permissions_page(),
        "docs/reference/policies.md": policies_page(),
        "docs/reference/prompt-templates.md": templates_page(),
        "docs/reference/model-clients.md": model_clients_page(),
        "docs/reference/cli.md": command_line_page(),
    }
