"""The project folder that xlwings-server reads, written anew for each start, and its settings."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from xlplugin.hosts.server import pane

#: The name under which the add-in appears in Excel and among xlwings-server's authentication providers.
NAME = "xlplugin"
MANIFEST_ID = "6d4f7a52-6f0e-4c0b-9a55-3a3f6f1c9b27"

FILES = {
    "custom_functions/__init__.py": """\
from xlplugin.hosts.server import bindings

globals().update(bindings.bind())
""",
    "custom_scripts/__init__.py": """\
from xlplugin.hosts.server import scripts

globals().update(scripts.bind())
""",
    "auth/__init__.py": "",
    f"auth/{NAME}/__init__.py": """\
from xlwings_server.models import User


async def validate_token(token_string: str) -> User:
    # the guard before this application has compared the token; nobody without it comes here
    return User(id="excel", name="Excel")
""",
    # The manifest's address of the task pane carries the token; no file that the server hands out does.
    "static/js/auth.js": Path(__file__).with_name("auth.js").read_text(encoding="utf-8"),
    "static/js/ribbon.js": "",
    "static/js/main.js": Path(__file__).with_name("pane.js").read_text(encoding="utf-8"),
    "static/css/style.css": Path(__file__).with_name("pane.css").read_text(encoding="utf-8"),
}


def write(folder: Path) -> Path:
    """Write the project into ``folder`` and return it."""
    for name, text in {**FILES, "templates/taskpane.html": pane.page()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def settings(folder: Path) -> dict[str, str]:
    """Return the environment variables that xlwings-server starts with; they outrank the user's own."""
    switched_off = ("ENABLE_HTMX", "ENABLE_SOCKETIO", "ENABLE_ALPINEJS_CSP", "ENABLE_EXAMPLES", "ENABLE_WASM")
    return {
        "XLWINGS_PROJECT_DIR": str(folder),
        "XLWINGS_PROJECT_NAME": NAME,
        "XLWINGS_ENVIRONMENT": "prod",
        "XLWINGS_AUTH_PROVIDERS": f'["{NAME}"]',
        "XLWINGS_AUTH_REQUIRED_ROLES": "[]",
        "XLWINGS_CORS_ALLOW_ORIGINS": "[]",
        "XLWINGS_FUNCTIONS_NAMESPACE": "",
        "XLWINGS_MANIFEST_ID_PROD": MANIFEST_ID,
        "XLWINGS_ADD_SECURITY_HEADERS": "true",
        "XLWINGS_APP_PATH": "",
        "XLWINGS_STATIC_URL_PATH": "/static",
        "XLWINGS_LOG_LEVEL": "WARNING",
        # xlwings-server would pin https for everything on localhost for a year
        "XLWINGS_CUSTOM_HEADERS": '{"Strict-Transport-Security": "max-age=0"}',
        "XLWINGS_TASKPANE_HTML": "taskpane.html",
        "DOTENV_PATH": str(folder / ".env"),
        **{f"XLWINGS_{name}": "false" for name in (*switched_off, "ENABLE_TESTS", "CDN_OFFICEJS")},
    }


def static_folders(folder: Path) -> tuple[Path, ...]:
    """Return where xlwings-server looks for static files: in the project, then in its own package."""
    package = importlib.util.find_spec("xlwings_server")  # importing it would read its settings
    places = package.submodule_search_locations if package else None
    return folder / "static", *(Path(place) / "static" for place in places or ())


def load(folder: Path) -> Any:
    """Start xlwings-server's application with the project in ``folder`` and return it."""
    os.environ.update(settings(write(folder)))
    os.environ.pop("XLWINGS_PUBLIC_ADDIN_STORE", None)
    from xlwings_server.main import main_app

    return main_app
