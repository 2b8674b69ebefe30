"""Who is asking. Read from a token in pipeline/viewer.py, and only there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campus.labels import served


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person, an application, or nobody in particular: an anonymous viewer is a Viewer too."""

    issuer: str = ""
    """Whose token it is; empty for the anonymous viewer."""
    subject: str = ""
    """The issuer's name for the viewer. Only issuer and subject together mean one viewer."""
    person: str = ""
    """The university's person id, the same whichever campus signed the person in; empty for applications."""
    client: str = ""
    """The application the token was given to (azp, or client_id)."""
    affiliations: frozenset[str] = frozenset()
    """applicant, student, alumni, faculty, staff, partner."""
    campuses: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()
    """Codes of the programmes the person studies in, if the issuer tells them: whom announcements are for."""
    entitlements: frozenset[str] = frozenset()
    """What the person may do for a campus, as registrar:CWB."""
    scopes: frozenset[str] = frozenset()
    mfa: bool = False
    authenticated_at: datetime | None = None
    expires_at: datetime | None = None
    languages: tuple[str, ...] = ()
    """What the viewer would like to read, the most wanted first: the request's wishes, then the token's."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Account names the token carries, by claim: what the settings of a system call `claim`."""

    @property
    def locale(self) -> str:
        """The most wanted of the languages we serve; English where none of them is."""
        return served(self.languages)

    @property
    def anonymous(self) -> bool:
        return not self.issuer


ANONYMOUS = Viewer()
