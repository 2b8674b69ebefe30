"""The settings of what is counted: where Prometheus reads it."""

from pydantic import Field

from .settings_values import Section


class Metrics(Section):
    """Without a port of its own, /metrics is answered beside everything else, but to this machine alone."""

    host: str = Field(default="127.0.0.1", description="Address of the port.")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="A port of its own for GET /metrics; whoever reaches it may read it."
    )
