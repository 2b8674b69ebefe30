"""The text of a gettext catalogue, read for what it translates.

Source: GNU gettext's manual, "The Format of PO Files". Whoever answers needs no more of it, and Babel, by which
catalogues are written, would hold four megabytes for that in each process.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping

Translations = Mapping[tuple[str | None, str], str]
"""By context, where there is one, and the English words."""

_FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)
_QUOTED = re.compile(r'^(?:(msgctxt|msgid|msgstr) )?("(?:[^"\\]|\\.)*")$', re.MULTILINE)


def translations_in(text: str) -> Translations:
    """Of entries with a blank line between them; what nobody vouches for (`fuzzy`) is none."""
    found: dict[tuple[str | None, str], str] = {}
    for entry in re.split(r"\n{2,}", text):
        parts: defaultdict[str, str] = defaultdict(str)
        part = ""
        for keyword, quoted in _QUOTED.findall(entry):
            part = keyword or part
            parts[part] += json.loads(quoted, strict=False)
        if parts["msgid"] and parts["msgstr"] and not _FUZZY.search(entry):
            found[parts.get("msgctxt"), parts["msgid"]] = parts["msgstr"]
    return found
