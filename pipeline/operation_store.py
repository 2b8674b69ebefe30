"""The operations that are known, by id, by text or by the hash of it; and how one is run."""

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Mapping
from typing import Any

import strawberry
from cachetools import LRUCache
from graphql import ExecutionResult, Executor, create_source_event_stream
from strawberry.execution import optimized_is_awaitable

from campus.labels import Message
from connectors.reads import Hub
from connectors.wire import meters
from execution.events import Event, events, result_of
from execution.executor import PlanExecutor

from .errors import Code, Fault, RequestRefused, document_faults
from .preparation import Preparation, Prepared, PreparedOperation
from .request import Parameters
from .settings import Limits

SHARED = "documents"
"""By this name processes tell each other of documents."""

BY_HASH = "sha256:"
"""Begins the id of a trusted document that is named by its hash."""


class BadTrustedDocument(Exception):
    """A document of our own does not fit the schema or the limits; the message names it and says why."""


class OperationStore:
    """Documents, remembered by the hash of their text; trusted ones are checked here and never forgotten."""

    def __init__(
        self,
        schema: strawberry.Schema,
        limits: Limits,
        documents: Mapping[str, str],
        *,
        plans: bool = True,
        only_trusted: bool = False,
    ) -> None:
        """`documents`: id -> text of the trusted documents. Raises BadTrustedDocument for one that is refused.

        `plans`: whether operations run by compiled plans, or by graphql-core alone; `only_trusted`: whether nothing
        else than the trusted documents is run.
        """
        if schema.extensions or schema.directives:
            # They would be passed over in silence, and one of them might be what guards a field.
            raise ValueError("schema extensions and operation directives are not run by this gateway")
        self._schema = schema
        self._plans = plans
        self._only_trusted = only_trusted
        self._preparation = Preparation(schema, limits)
        self._remembered: LRUCache[str, Prepared] = LRUCache(
            limits.remembered_characters, getsizeof=lambda prepared: prepared.characters
        )
        self._hub = Hub(0)
        # Texts that another process was sent; prepared here only if somebody asks here.
        self._heard: LRUCache[str, str] = LRUCache(limits.remembered_characters, getsizeof=len)
        self._by_id = {name: self._trust(name, text) for name, text in documents.items()}
        self._trusted = {_hash(documents[name]): prepared for name, prepared in self._by_id.items()}

    def share(self, hub: Hub) -> None:
        """From now on other processes know by its hash what was sent here with it, and this one what was sent there."""
        self._hub = hub
        hub.hear(SHARED, self._hear)

    def asked_for(self, asked: Parameters) -> PreparedOperation:
        """The operation that a request names, by text, hash or id. Raises RequestRefused."""
        if asked.document_id is not None:
            return _chosen(self._document(asked.document_id), asked.operation_name)
        if asked.query is not None:
            return self.operation(asked.query, asked.operation_name, asked.hash)
        prepared = self._known(asked.hash or "")
        if prepared is None and (text := self._heard.pop(asked.hash or "", None)) is not None:
            prepared = self._prepared(text, _hash(text))
        if prepared is None:
            # The words by which clients of automatic persisted queries know that they must send the text.
            raise RequestRefused([Fault(Code.DOCUMENT_NOT_FOUND, "PersistedQueryNotFound")], 404, well_formed=True)
        return _chosen(prepared, asked.operation_name)

    def operation(self, text: str, name: str | None, expected: str | None = None) -> PreparedOperation:
        """The operation of that name; without a name, the only one. Raises RequestRefused.

        `expected` is the hash that the text must have.
        """
        document_hash = _hash(text)
        if expected is not None and expected != document_hash:
            words = Message("The text of the document does not have the hash that is given for it.")
            raise RequestRefused([Fault(Code.BAD_REQUEST, words)])
        prepared = self._known(document_hash)
        if prepared is None:
            if self._only_trusted:
                words = Message("Only trusted documents are run here; name one by `documentId`.")
                raise RequestRefused([Fault(Code.FORBIDDEN, words)], 403, well_formed=True)
            prepared = self._prepared(text, document_hash)
            if expected is not None:
                self._hub.send(SHARED, text.encode())
        return _chosen(prepared, name)

    async def run(
        self,
        operation: PreparedOperation,
        variables: Mapping[str, Any],
        context: object,
        *,
        plans: bool | None = None,
        event: object = None,
    ) -> ExecutionResult:
        """The operation's result, or what it tells of an event; `plans` overrules the store's. Raises RequestRefused if
        the variables do not fit."""
        return await result_of(self._executor(operation, variables, context, plans, event))

    async def events(
        self, operation: PreparedOperation, variables: Mapping[str, Any], context: object
    ) -> AsyncGenerator[Event, None] | ExecutionResult:
        """A subscription's events, each to be `run` in a context of its own; a result with errors if it is refused.

        Raises RequestRefused if the variables do not fit.
        """
        executor = self._executor(operation, variables, context)
        source = create_source_event_stream(executor)
        if isinstance(source, Awaitable):
            source = await source
        if isinstance(source, ExecutionResult):
            return source
        plan = executor.plan_for_all() if operation.public and isinstance(executor, PlanExecutor) else None
        del executor.async_helpers  # the circle in which it holds itself: it goes as soon as the source lets go
        return events(source, plan)

    def _executor(
        self,
        operation: PreparedOperation,
        variables: Mapping[str, Any],
        context: object,
        plans: bool | None = None,
        root: object = None,
    ) -> Executor[Any]:
        """graphql-core's `execute` without its parsing and validating, on the executor that Strawberry needs for its
        resolvers; built here to tell bad variables from errors of fields."""
        by_plan = self._plans if plans is None else plans
        executor_class = PlanExecutor if by_plan else self._schema.execution_context_class
        own: dict[str, Any] = {"plans": operation.plans} if by_plan else {}
        executor = executor_class.build(
            self._schema._schema,
            operation.document,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=operation.name,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # says bool where a TypeGuard is meant
            hide_suggestions=self._preparation.hide_suggestions,
            operation_extensions=None,
            **own,
        )
        if isinstance(executor, list):
            raise RequestRefused(document_faults(Code.BAD_USER_INPUT, executor), well_formed=True)
        return executor

    def _prepared(self, text: str, document_hash: str) -> Prepared:
        prepared = self._preparation.of(text, document_hash)
        if prepared.characters <= self._remembered.maxsize:
            self._remembered[document_hash] = prepared
        return prepared

    def _hear(self, message: bytes) -> None:
        text = message.decode()
        if not self._only_trusted and len(text) <= self._heard.maxsize:
            self._heard[_hash(text)] = text

    def _trust(self, name: str, text: str) -> Prepared:
        prepared = self._preparation.of(text, _hash(text), name)
        if prepared.faults:
            raise BadTrustedDocument(f"{name}: " + "; ".join(map(_with_line, prepared.faults)))
        return prepared

    def _document(self, document_id: str) -> Prepared:
        by_hash = self._trusted.get(document_id.removeprefix(BY_HASH)) if document_id.startswith(BY_HASH) else None
        if prepared := by_hash or self._by_id.get(document_id):
            return prepared
        words = Message("No trusted document {id!r} is known here.", {"id": document_id[:100]})
        raise RequestRefused([Fault(Code.DOCUMENT_NOT_FOUND, words)], 404, well_formed=True)

    def _known(self, document_hash: str) -> Prepared | None:
        known = self._trusted.get(document_hash) or self._remembered.get(document_hash)
        meters.looked_up("documents", known is not None)
        return known


def _chosen(prepared: Prepared, name: str | None) -> PreparedOperation:
    if prepared.faults:
        raise RequestRefused(prepared.faults, well_formed=True)
    if name is None and len(prepared.operations) == 1:
        return next(iter(prepared.operations.values()))
    if operation := prepared.operations.get(name):
        return operation
    words = Message("The document holds several operations; operationName must say which to run.")
    if name is not None:
        words = Message("The document holds no operation called {name!r}.", {"name": name})
    raise RequestRefused([Fault(Code.BAD_REQUEST, words)], well_formed=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _with_line(fault: Fault) -> str:
    return str(fault.message) + "".join(f" (line {line})" for line, _ in fault.locations[:1])
