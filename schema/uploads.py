"""Files among the variables of an operation."""

from collections.abc import Mapping
from typing import Any, NoReturn

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from campus.upload import Upload


def _sent(value: Any) -> Upload:
    """Only what the pipeline put in a null's place is a file."""
    if not isinstance(value, Upload):
        raise GraphQLError("A file comes by the GraphQL multipart request specification, in the place of a null.")
    return value


def _never(_: Any) -> NoReturn:
    raise GraphQLError("A file is never told.")


SCALARS: Mapping[object, ScalarDefinition] = {
    Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent by the GraphQL multipart request specification: null among the variables, its bytes "
        "in a part of their own. Each file serves one variable.",
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        serialize=_never,
        parse_value=_sent,
    )
}
