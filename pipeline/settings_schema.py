"""settings.schema.json: what an editor checks campus.toml against. Written by `python -m pipeline.settings_schema`."""

import json
from pathlib import Path

from .settings import Settings

FILE = Path(__file__).parent.parent / "settings.schema.json"


def settings_schema() -> str:
    """The JSON Schema (2020-12) of campus.toml, as the file has it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(settings_schema(), encoding="utf-8")
