"""What libraries give access to online, and whether the viewer is among those who may use it."""

from collections.abc import Sequence

from strawberry import Parent

from campus.record import Record
from connectors import library

from .context import Info
from .entitlement import NotEntitled, refusal
from .merged import Merged, merged
from .people import Me


class Access(Record, frozen=True):
    """An e-resource as it is to one viewer."""

    resource: library.EResource
    reason: NotEntitled | None

    @property
    def name(self) -> str:
        return self.resource.name

    @property
    def kind(self) -> library.EResourceKind:
        return self.resource.kind

    @property
    def kind_label(self) -> str:
        return self.resource.kind_label

    @property
    def campus(self) -> str:
        return self.resource.campus

    @property
    def access_url(self) -> str | None:
        return self.resource.access_url

    @property
    def entitled(self) -> bool | None:
        return None if self.reason is NotEntitled.UNKNOWN else self.reason is None


async def e_resources(me: Parent[Me], info: Info, kind: library.EResourceKind | None = None) -> Merged[Access] | None:
    """By name. A question to memory, once each library's list was read."""

    async def of(system: str) -> Sequence[Access]:
        everything = await info.context.collection(info.context.indexes.library.e_resources, system)
        return [_to_viewer(info, each) for each in everything if kind in (None, each.kind)]

    found = await merged(info, {system: of(system) for system in info.context.campus.answering("e_resources")})
    if found is None:
        return None
    nodes = sorted(found.nodes, key=lambda each: (each.name.casefold(), each.campus, each.resource.id))
    return Merged(nodes=nodes, unavailable=found.unavailable)


def _to_viewer(info: Info, resource: library.EResource) -> Access:
    viewer = info.context.viewer
    reason = refusal(
        resource.licences,
        resource.campus,
        campuses=viewer.campuses,
        affiliations=viewer.affiliations,
        day=info.context.campus.now().date(),
    )
    return Access(resource=resource, reason=reason)
