"""Who may read what: every row rule of the graph, decided before anything of the row is fetched."""

from connectors import sis
from connectors.reads import AccountKey

from .context import Info
from .refusals import Forbidden, Unauthenticated
from .viewer import Viewer


def signed_in_person(viewer: Viewer) -> Viewer:
    """The viewer as a person with a world of their own; an application has none."""
    if viewer.anonymous:
        raise Unauthenticated("Sign in to see what is yours.")
    if not viewer.person:
        raise Forbidden("Only a person has this; an application does not.")
    return viewer


def check_scope(viewer: Viewer, scope: str) -> None:
    """A token reads what its scopes name."""
    if scope not in viewer.scopes:
        if viewer.anonymous:
            raise Unauthenticated("Sign in to see this.")
        raise Forbidden("The token lacks the scope {scope}.", scope=scope)


async def may_read_student(info: Info, system: str, campus: str, number: str) -> None:
    """A student's record is read by the student, the advisor, and the registrar of that campus.

    Only the viewer's own accounts are asked for it, so that a refusal tells nothing of who exists.
    """
    viewer = signed_in_person(info.context.viewer)
    if f"registrar:{campus}" in viewer.entitlements:
        return
    own = await info.context.accounts.identity(system)
    if own is None or not (own.number == number or await _advises(info, own, number)):
        raise Forbidden("This student's record is not yours to read.")


async def _advises(info: Info, own: sis.Identity, number: str) -> bool:
    if own.advisees_group is None:
        return False
    advisees = await info.context.sis.advisees_by_group.load(AccountKey(own.system, own.advisees_group))
    return any(advisee.number == number for advisee in advisees)


async def check_owner(info: Info, system: str, owner: str) -> None:
    """What carries an owner in its id is the owner's alone. Student systems know persons by ids of their own."""
    signed_in_person(info.context.viewer)
    if system in info.context.campus.answering("person"):
        identity = await info.context.accounts.identity(system)
        account = identity.wire_id if identity else None
    else:
        account = await info.context.accounts.name(system)
    if account != owner:
        raise Forbidden("This is not yours to read.")
