"""The settings of what is kept of systems' answers for a while, so that they are asked less, and missed less."""

from pydantic import Field

from .settings_values import Section


class Caches(Section):
    """What is kept of what, for whom and how long, is declared at the loaders; docs/caches.md has the table."""

    on: bool = Field(
        default=True, description="Otherwise systems are asked for each operation; public lists are kept all the same."
    )
    scale: float = Field(default=1.0, gt=0, le=10, description="Multiplies every lifetime.")
    shared: bool = Field(
        default=False,
        description="What is for everybody lies in [redis], too, while it is fresh: what one process was told, "
        "the others need not ask. Saves systems calls, and the gateway hardly any work.",
    )
    entries: int = Field(
        default=2_000,
        ge=1,
        description="Of each thing of each system, in each process; the least recently used are forgotten first.",
    )
