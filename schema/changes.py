"""What all changes may answer besides what came of them."""

from strawberry import Parent

from campus import problem
from resolvers.context import Info

from .cards import Data
from .fields import campus_type, field, resolved

KEY = (
    "What the client calls this change. Sent again with the same key, it is not made again: the answer is what came of "
    "the first. Chosen anew for each change, such as a UUID; good for 30 days."
)
"""What a client is told of `idempotencyKey`."""


def message(parent: Parent[problem.Problem], info: Info) -> str:
    return parent.message.told(info.context.viewer.locale).text


def message_language(parent: Parent[problem.Problem], info: Info) -> str:
    return parent.message.told(info.context.viewer.locale).language


@campus_type(record=problem.Problem, data=Data.PUBLIC)
class Problem:
    """Something that is wrong with an input."""

    path: list[str] = field("Where: from the mutation's arguments down to the value; places in a list from 0.")
    message: str = resolved(message, "What is wrong, in the viewer's language.", language=message_language)


@campus_type(record=problem.InvalidInput, data=Data.PUBLIC, in_union=True)
class InvalidInput:
    """Nothing was changed, since the input cannot be right."""

    problems: list[Problem] = field("Everything that is wrong, as far as it is known.")
