"""schema.graphql is the contract with every client, and docs/graph.md tells it to people; both change on purpose."""

from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

from commands.graph_document import graph_document
from schema.root import schema

from .house import text


def test_the_published_schema_is_the_one_in_git() -> None:
    assert schema.as_str() + "\n" == text("schema/schema.graphql"), "write it by: make schema"


def test_the_document_of_the_graph_tells_it_as_it_is() -> None:
    assert graph_document() == text("docs/graph.md"), "write it by: make schema (python -m commands.graph_document)"


def test_the_document_tells_of_each_field_what_it_takes_to_read_it() -> None:
    told = {
        f"{part.splitlines()[0]}.{row.split('`')[1]}": [cell.strip(" `|") for cell in row.split(" | ")[-4:]]
        for part in text("docs/graph.md").split("\n### ")[1:]
        for row in part.splitlines()
        if row.startswith("| `") and row.count(" | ") == 6
    }
    for name, each in build_schema(text("schema/schema.graphql")).type_map.items():
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            assert set(each.fields) == {place.split(".")[1] for place in told if place.split(".")[0] == name}
    assert told["Query.courses"] == ["sis", "PUBLIC", "–", "EVERYBODY"]
    assert told["Loan.title"] == ["library", "PERSONAL", "library:read", "ACCOUNT"]
    assert told["Me.fines"] == ["library", "SENSITIVE", "library:read", "ACCOUNT"]
    assert told["Exam.location"] == ["sis", "PUBLIC", "enrolment:read", "EVERYBODY"]
    assert told["Query.viewer"] == ["–", "PERSONAL", "–", "VIEWER"]
