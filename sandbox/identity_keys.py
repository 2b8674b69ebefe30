"""The signing keys of the simulated identity providers: ES256, the newest signs, older ones stay published."""

import sqlite3
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet


def add_key(db: sqlite3.Connection, campus: str) -> str:
    """Makes the key that signs from now on and returns its kid (RFC 7638 thumbprint)."""
    key = ECKey.generate_key("P-256")
    kid = key.thumbprint()
    private = ECKey.import_key({**key.as_dict(private=True), "kid": kid, "alg": "ES256", "use": "sig"})
    db.execute(
        "insert into signing_key (campus, kid, private) values (?, ?, ?)",
        (campus, kid, private.as_pem(private=True).decode()),
    )
    db.commit()
    return kid


def published(db: sqlite3.Connection, campus: str) -> dict[str, Any]:
    """The JWK Set (RFC 7517) of an issuer: every key it ever had, newest first."""
    rows = db.execute("select kid, private from signing_key where campus = ? order by number desc", (campus,))
    return {
        "keys": [
            {**ECKey.import_key(pem).as_dict(private=False), "kid": kid, "alg": "ES256", "use": "sig"}
            for kid, pem in rows
        ]
    }


def sign(db: sqlite3.Connection, campus: str, typ: str, claims: dict[str, Any]) -> str:
    """A signed JWT with the newest key; `typ` tells access tokens (at+jwt, RFC 9068) from id tokens (JWT)."""
    kid, pem = db.execute(
        "select kid, private from signing_key where campus = ? order by number desc limit 1", (campus,)
    ).fetchone()
    return jwt.encode({"alg": "ES256", "kid": kid, "typ": typ}, claims, ECKey.import_key(pem))


def read(db: sqlite3.Connection, campus: str, token: str) -> dict[str, Any]:
    """The claims of one of the issuer's own tokens; JoseError or ValueError when it is not one or not valid now."""
    decoded = jwt.decode(token, KeySet.import_key_set(published(db, campus)), algorithms=["ES256"])  # type: ignore[arg-type]
    jwt.JWTClaimsRegistry().validate(decoded.claims)
    return decoded.claims
