"""What loaders declare to be kept, and of what it is made."""

import typing
from collections.abc import Iterator

from .joined import Joined
from .kept import records_within


def lasting(loaders: type) -> Iterator[tuple[Joined[typing.Any, typing.Any], frozenset[type]]]:
    """The loaders of a class that have a lifetime, each with the records that its values are made of: it is declared as
    `name: Joined[Key, Value]`, and tells of Value.

    Raises TypeError for one that does not say.
    """
    hints = typing.get_type_hints(loaders)
    for name, declared in vars(loaders).items():
        if isinstance(declared, Joined) and declared.lifetime is not None:
            if name not in hints:
                raise TypeError(f"{declared.name} is kept, and does not say what it is")
            yield declared, records_within(declared.shape)
