"""Planting a word that nobody knows into what a simulated system answers."""

import json
from collections.abc import Callable
from typing import Any


def everywhere(member: str, word: str) -> Callable[[bytes], bytes]:
    """Each text under this member of a JSON document becomes the word."""

    def planted(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: word if key == member and isinstance(each, str) else planted(each) for key, each in value.items()
            }
        return [planted(each) for each in value] if isinstance(value, list) else value

    return lambda body: json.dumps(planted(json.loads(body))).encode()


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new)
