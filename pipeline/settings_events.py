"""The settings of what systems tell by themselves: how late an event may be, and how large."""

from pydantic import Field

from .settings_values import Section


class Events(Section):
    """What is taken at /events/<system>, of systems that have a secret for it."""

    window_seconds: float = Field(
        default=300.0,
        ge=1,
        le=3600,
        description="How far an event's timestamp may be from now; within twice that each is taken once.",
    )
    body_bytes: int = Field(default=65_536, ge=1, description="Bytes of an event's body.")
