"""From the text of a document to an operation that is ready to run: parsed, measured and validated once, remembered."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import strawberry
from cachetools import LRUCache
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from .errors import Code, Fault, RequestRefused, document_faults
from .limits import Size, excesses, sizes
from .settings import Limits

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""What Strawberry validates by: it coerces some inputs itself, and its own two rules are part of that."""


class BadTrustedDocument(Exception):
    """A document of our own does not fit the schema or the limits; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """One operation of a valid document within the limits."""

    document: DocumentNode
    document_hash: str
    """SHA-256 of the document's text, in hexadecimal."""
    name: str | None
    type: OperationType
    size: Size


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A document's operations by name, or why it is refused."""

    operations: Mapping[str | None, PreparedOperation]
    faults: Sequence[Fault] = ()


class OperationStore:
    """Documents, remembered by the hash of their text; our own are checked here and never forgotten."""

    def __init__(self, schema: strawberry.Schema, limits: Limits, documents: Mapping[str, str]) -> None:
        """`documents`: name -> text of our own documents. Raises BadTrustedDocument for one that is refused."""
        if schema.extensions or schema.directives:
            # They would be passed over in silence, and one of them might be what guards a field.
            raise ValueError("schema extensions and operation directives are not run by this gateway")
        self._schema = schema
        self._limits = limits
        # Suggestions ("Did you mean …?") spell out names that introspection would have to tell.
        self._hide_suggestions = limits.introspection != "always"
        self._remembered: LRUCache[str, _Prepared] = LRUCache(limits.remembered_characters, getsizeof=_characters)
        self._trusted = {_hash(text): self._trust(name, text) for name, text in documents.items()}

    def operation(self, text: str, name: str | None) -> PreparedOperation:
        """The operation of that name; without a name, the only one. Raises RequestRefused."""
        document_hash = _hash(text)
        prepared = self._trusted.get(document_hash) or self._remembered.get(document_hash)
        if prepared is None:
            prepared = self._prepare(text, document_hash)
            if len(text) <= self._remembered.maxsize:
                self._remembered[document_hash] = prepared
        return _chosen(prepared, name)

    async def run(self, operation: PreparedOperation, variables: Mapping[str, Any], context: object) -> ExecutionResult:
        """The operation's result. Raises RequestRefused if the variables do not fit.

        This is graphql-core's `execute` without its parsing and validating, on the executor that Strawberry needs
        for its resolvers; the executor is built here to tell bad variables from errors of fields.
        """
        executor = self._schema.execution_context_class.build(
            self._schema._schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=operation.name,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # says bool where a TypeGuard is meant
            hide_suggestions=self._hide_suggestions,
            operation_extensions=None,
        )
        if isinstance(executor, list):
            raise RequestRefused(document_faults(Code.BAD_USER_INPUT, executor), well_formed=True)
        result = executor.execute_operation()
        if executor.is_awaitable(result):
            result = await result
        # Incremental results come of @defer and @stream only, which such a schema does not have.
        return cast("ExecutionResult", result)

    def _trust(self, name: str, text: str) -> _Prepared:
        prepared = self._prepare(text, _hash(text))
        if prepared.faults:
            raise BadTrustedDocument(f"{name}: " + "; ".join(map(_with_line, prepared.faults)))
        return prepared

    def _prepare(self, text: str, document_hash: str) -> _Prepared:
        try:
            document = parse(text, max_lexical_tokens=self._limits.tokens, max_comments=self._limits.tokens)
        except GraphQLError as error:
            # graphql-core has no class of its own for a document that is too long.
            too_long = error.message.startswith("Syntax Error: Document contains more than ")
            code = Code.QUERY_TOO_COMPLEX if too_long else Code.GRAPHQL_PARSE_FAILED
            return _Prepared({}, document_faults(code, [error]))
        measured = sizes(document)
        if too_much := [words for _, size in measured for words in excesses(size, self._limits)]:
            # Before validation, which costs the more the larger a document is.
            return _Prepared({}, [Fault(Code.QUERY_TOO_COMPLEX, words) for words in too_much])
        errors = validate(self._schema._schema, document, RULES, hide_suggestions=self._hide_suggestions)
        if any(error.message == "Validation aborted." for error in errors):
            words = "The document repeats or nests too much to be checked."
            return _Prepared({}, [Fault(Code.QUERY_TOO_COMPLEX, words)])
        if errors:
            return _Prepared({}, document_faults(Code.GRAPHQL_VALIDATION_FAILED, errors))
        return _Prepared(
            {
                _name(node): PreparedOperation(document, document_hash, _name(node), node.operation, size)
                for node, size in measured
            }
        )


def _chosen(prepared: _Prepared, name: str | None) -> PreparedOperation:
    if prepared.faults:
        raise RequestRefused(prepared.faults, well_formed=True)
    if name is None and len(prepared.operations) == 1:
        return next(iter(prepared.operations.values()))
    if operation := prepared.operations.get(name):
        return operation
    words = "The document holds several operations; operationName must say which to run."
    if name is not None:
        words = f"The document holds no operation called {name!r}."
    raise RequestRefused([Fault(Code.BAD_REQUEST, words)], well_formed=True)


def _characters(prepared: _Prepared) -> int:
    document = next((operation.document for operation in prepared.operations.values()), None)
    return document.loc.end if document and document.loc else 1


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _name(node: OperationDefinitionNode) -> str | None:
    return node.name.value if node.name else None


def _with_line(fault: Fault) -> str:
    return fault.message + "".join(f" (line {line})" for line, _ in fault.locations[:1])
