"""From the text of a document to its operations: parsed, measured and validated, or why it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import strawberry
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from campus.labels import Message
from execution.compiler import compiled
from execution.plan import Plans

from .errors import Code, Fault, document_faults
from .limits import Size, excesses, sizes
from .publicity import is_public
from .settings import Limits

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""What Strawberry validates by: it coerces some inputs itself, and its own two rules are part of that."""


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """One operation of a valid document within the limits."""

    document: DocumentNode
    document_hash: str
    """SHA-256 of the document's text, in hexadecimal."""
    document_id: str | None
    """What a trusted document is called; None of what somebody sent."""
    public: bool
    """Whether it asks for what is for everybody and nothing else; False of a query or change that is not trusted,
    which nobody needs to know it of."""
    name: str | None
    type: OperationType
    size: Size
    plans: Plans


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document's operations by name, or why it is refused."""

    operations: Mapping[str | None, PreparedOperation]
    faults: Sequence[Fault] = ()

    @property
    def characters(self) -> int:
        """Of its text; where it is refused, of why, in which names of its text may stand at any length."""
        document = next((operation.document for operation in self.operations.values()), None)
        if document and document.loc:
            return document.loc.end
        return sum(len(str(fault.message)) for fault in self.faults)


class Preparation:
    """Prepares documents for one schema, within its limits."""

    def __init__(self, schema: strawberry.Schema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        # Suggestions ("Did you mean …?") spell out names that introspection would have to tell.
        self.hide_suggestions = limits.introspection != "always"

    def of(self, text: str, document_hash: str, document_id: str | None = None) -> Prepared:
        """The document of this text, which has this hash."""
        try:
            document = parse(text, max_lexical_tokens=self._limits.tokens, max_comments=self._limits.tokens)
        except GraphQLError as error:
            # graphql-core has no class of its own for a document that is too long.
            too_long = error.message.startswith("Syntax Error: Document contains more than ")
            code = Code.QUERY_TOO_COMPLEX if too_long else Code.GRAPHQL_PARSE_FAILED
            return Prepared({}, document_faults(code, [error]))
        measured = sizes(document)
        if too_much := [words for _, size in measured for words in excesses(size, self._limits)]:
            # Before validation, which costs the more the larger a document is.
            return Prepared({}, [Fault(Code.QUERY_TOO_COMPLEX, words) for words in too_much])
        errors = validate(self._schema._schema, document, RULES, hide_suggestions=self.hide_suggestions)
        if any(error.message == "Validation aborted." for error in errors):
            words = Message("The document repeats or nests too much to be checked.")
            return Prepared({}, [Fault(Code.QUERY_TOO_COMPLEX, words)])
        if errors:
            return Prepared({}, document_faults(Code.GRAPHQL_VALIDATION_FAILED, errors))
        followed = any(node.operation is OperationType.SUBSCRIPTION for node, _ in measured)
        public = (followed or document_id is not None) and is_public(self._schema._schema, document)
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        return Prepared(
            {
                name: PreparedOperation(
                    document=document,
                    document_hash=document_hash,
                    document_id=document_id,
                    public=public,
                    name=name,
                    type=node.operation,
                    size=size,
                    plans=Plans(node, fragments, compiled_for_json),
                )
                for node, size in measured
                for name in [_name(node)]
            }
        )


compiled_for_json = partial(compiled, keeps_dates=True)
"""All that we answer is written by orjson."""


def _name(node: OperationDefinitionNode) -> str | None:
    return node.name.value if node.name else None
