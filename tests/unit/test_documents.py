"""Trusted documents: where the settings say they lie, and what is said of those that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents import trusted_documents, widget_documents
from pipeline.operation_store import BadTrustedDocument
from pipeline.settings_documents import Documents

GREETING = "query Greeting { systems { id } }"
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "0a1b", "name": "Greeting", "type": "query", "body": GREETING}],
}


def trusted(*paths: Path) -> dict[str, str]:
    """Those of the settings, without our own."""
    own = trusted_documents(Documents())
    return {name: text for name, text in trusted_documents(Documents(trusted=paths)).items() if name not in own}


def test_they_come_of_folders_and_manifests_and_the_widgets_are_among_them(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "greeting.graphql").write_text(GREETING)
    (tmp_path / "documents" / "README.md").write_text("no document")
    (tmp_path / "apollo.json").write_text(json.dumps(APOLLO))
    (tmp_path / "relay.json").write_text(json.dumps({"9f": GREETING}))
    given = [tmp_path / name for name in ("documents", "apollo.json", "relay.json")]
    assert trusted(*given) == {"greeting": GREETING, "0a1b": GREETING, "9f": GREETING}
    assert set(widget_documents()) <= set(trusted_documents(Documents(trusted=given)))


@pytest.mark.parametrize(
    "written",
    ["{", "[]", '{"a": 1}', '{"format": "something else", "operations": []}', {**APOLLO, "operations": [{"id": "a"}]}],
)
def test_a_manifest_that_is_none_is_told_by_its_name(tmp_path: Path, written: Any) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(written if isinstance(written, str) else json.dumps(written))
    with pytest.raises(BadTrustedDocument, match=r"^manifest\.json cannot be read: "):
        trusted(manifest)


def test_two_documents_of_one_id_are_a_mistake(tmp_path: Path) -> None:
    for name, text in (("one", GREETING), ("two", "{ viewer { person } }")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"greeting": text}))
    assert trusted(tmp_path / "one.json", tmp_path / "one.json") == {"greeting": GREETING}
    with pytest.raises(BadTrustedDocument, match=r"^greeting: two\.json has another document of this id$"):
        trusted(tmp_path / "one.json", tmp_path / "two.json")
