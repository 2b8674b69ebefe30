"""Prints the schema."""

from schema.root import sdl


def schema() -> None:
    print(sdl())
