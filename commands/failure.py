"""How a command ends when it could not do what it was told."""

import sys
from collections.abc import Sequence


class Failure(Exception):
    """One sentence for each thing that is wrong: what, and where."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("; ".join(sentences))
        self.sentences: Sequence[str] = sentences

    def told(self) -> int:
        for sentence in self.sentences:
            print(f"gateway: {sentence}", file=sys.stderr)
        return 1
