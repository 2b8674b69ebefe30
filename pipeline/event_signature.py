"""Whether an event is of the system that it says: an HMAC over its time, its attributes and its body.

Source: RFC 2104 with SHA-256, over what Standard Webhooks signs, and the attributes that CloudEvents' binary mode keeps
in headers besides, where a signature of the body alone would leave them to anybody.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence

TIMESTAMP, SIGNATURE = "Webhook-Timestamp", "Webhook-Signature"
SCHEME = "v1="


def signed_words(timestamp: str, attributes: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """What is signed: the time and a full stop; each `ce-` header as `name:value` on a line, by name; the body."""
    lines = (b"%b:%b\n" % (name.lower(), value) for name, value in sorted(attributes))
    return b"".join((timestamp.encode(errors="surrogateescape"), b".", *lines, body))


def signs(secret: bytes, given: Sequence[str], words: bytes) -> bool:
    """Whether one of the signatures is right: several, by commas, are sent while a secret is replaced by another."""
    right = (SCHEME + hmac.new(secret, words, hashlib.sha256).hexdigest()).encode()
    offered = [each.strip().encode(errors="surrogateescape") for header in given for each in header.split(",")]
    # All of them are compared, each for as long as it takes.
    return any([hmac.compare_digest(right, each) for each in offered])
