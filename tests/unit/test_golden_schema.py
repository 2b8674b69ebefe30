"""schema.graphql is the contract with every client; it changes only on purpose."""

from schema.root import schema

from .house import text


def test_the_published_schema_is_the_one_in_git() -> None:
    assert schema.as_str() + "\n" == text("schema/schema.graphql"), "write it by: make schema"
