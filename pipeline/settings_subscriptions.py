"""The settings of subscriptions: how long a connection may be silent, and how much one may ask for."""

from pydantic import Field

from .settings_values import Section


class Subscriptions(Section):
    """How much a client that stays connected may ask for, and how long it is waited for."""

    connections: int = Field(
        default=20_000, ge=1, description="Sockets and event streams of one process; more are refused with 503."
    )
    operations: int = Field(
        default=50, ge=1, description="Operations under way on one socket; one more closes it with 4429."
    )
    init_seconds: float = Field(
        default=10.0,
        gt=0,
        description="Seconds in which a new socket must send connection_init, or it closes: 4408.",
    )
    idle_seconds: float = Field(
        default=300.0, gt=0, description="Seconds after which a socket that asks for nothing is closed: 1000."
    )
    keep_alive_seconds: float = Field(
        default=20.0,
        gt=0,
        description="Seconds between two signs of life: pings on sockets, comments in event streams. A client that "
        "does not answer a ping within half of them is gone.",
    )
    send_seconds: float = Field(
        default=10.0, gt=0, description="Seconds in which a client must take what it is sent, or it is dropped."
    )
    waiting: int = Field(
        default=100,
        ge=1,
        description="Things whose news may wait for one subscription; it ends when there are more. Of one thing only "
        "the newest state waits.",
    )
