"""How a field of Strawberry's is answered, without what Strawberry wraps around it where that does nothing."""

import keyword
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import FunctionType
from typing import Any

from graphql import GraphQLField, GraphQLResolveInfo, GraphQLSchema
from strawberry.relay import GlobalID
from strawberry.schema.compat import is_scalar
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import get_arguments
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from .derived import Derived
from .guard import Guard
from .relation import Plan as Relation

WRAPPERS = ("_resolver", "_async_resolver")
"""Names of the functions that Strawberry makes for fields with a resolver: they convert arguments, run extensions,
hand exceptions to handlers, and pass on what the resolver's parameters ask for."""


def attribute_of(definition: GraphQLField) -> str | None:
    """The attribute that a field is, if it is nothing but that."""
    declared = _declared(definition, "_get_basic_result")
    if declared is None or declared.default_resolver is not getattr:
        return None
    name = declared.python_name
    return name if name.isascii() and name.isidentifier() and not keyword.iskeyword(name) else None


def relation_of(definition: GraphQLField, schema: GraphQLSchema) -> Relation | None:
    """What a relation declares, unless something stands around it that must run for each parent."""
    resolver = _bare_resolver(definition, schema)
    plan = None if definition.args else getattr(resolver and resolver.wrapped_func, "plan", None)
    return plan if isinstance(plan, Relation) else None


def derived_of(definition: GraphQLField, schema: GraphQLSchema) -> Derived | None:
    """What a derived field declares, unless something stands around it."""
    resolver = _bare_resolver(definition, schema)
    declared = None if definition.args else getattr(resolver and resolver.wrapped_func, "derived", None)
    return declared if isinstance(declared, Derived) else None


def reader_of(definition: GraphQLField, schema: GraphQLSchema) -> Callable[[Any], Any] | None:
    """What gives the field's value, or an awaitable of it, if all that takes is the object."""
    if attribute := attribute_of(definition):
        return attrgetter(attribute)
    if _is_the_event(definition):
        return _itself
    resolver = _bare_resolver(definition, schema)
    if resolver is None or resolver.info_parameter is not None or definition.args:
        return None
    call: Callable[..., Any] = resolver.wrapped_func  # type: ignore[assignment]  # static methods are bound by now
    names = _names_of_object(resolver)
    if resolver.self_parameter:
        return call if not names else lambda source: call(source, **dict.fromkeys(names, source))
    if len(names) == 1:
        (name,) = names
        return lambda source: call(**{name: source})
    return lambda source: call(**dict.fromkeys(names, source))


def resolver_of(definition: GraphQLField, schema: GraphQLSchema) -> Callable[..., Any] | None:
    """What gives the field's value from the object, graphql-core's info, and arguments; None for the default."""
    resolver = _bare_resolver(definition, schema, guarded=True)
    if resolver is None:
        return definition.resolve
    call: Callable[..., Any] = resolver.wrapped_func  # type: ignore[assignment]
    declared = definition.extensions["strawberry-definition"]
    strawberrys: Any = schema._strawberry_schema  # type: ignore[attr-defined]
    info_class, given = strawberrys.config.info_class, _given(resolver, declared, strawberrys)

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        told = info_class(_raw_info=info, _field=declared)
        unnamed, named = given(source, told, arguments)
        return call(*unnamed, **named)

    if not declared.extensions:
        return resolve
    (guard,) = declared.extensions

    def resolve_guarded(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        told = info_class(_raw_info=info, _field=declared)
        unnamed, named = given(source, told, arguments)
        return call(*unnamed, **named) if guard.lets_in(told) else None

    async def resolve_guarded_later(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        result = resolve_guarded(source, info, **arguments)
        return None if result is None else await result

    # What a guard of an asynchronous field raises comes no sooner than what the field itself would.
    return resolve_guarded_later if declared.is_async else resolve_guarded


def _given(
    resolver: StrawberryResolver[Any], declared: StrawberryField, strawberrys: Any
) -> Callable[[Any, Any, dict[str, Any]], tuple[Sequence[Any], Mapping[str, Any]]]:
    """What the function is called with, from the object, Strawberry's info, and arguments as the schema names them."""
    config, scalars = strawberrys.config, strawberrys.schema_converter.scalar_registry
    names = _names_of_leaves(declared, config, scalars)
    if names is None:
        return lambda source, told, arguments: get_arguments(
            field=declared, source=source, info=told, kwargs=arguments, config=config, scalar_registry=scalars
        )
    of_info = resolver.info_parameter and resolver.info_parameter.name
    of_object, bound = _names_of_object(resolver), resolver.self_parameter is not None

    def given(source: Any, told: Any, arguments: dict[str, Any]) -> tuple[Sequence[Any], Mapping[str, Any]]:
        named = {names[name]: value for name, value in arguments.items()}
        for name in of_object:
            named[name] = source
        if of_info:
            named[of_info] = told
        return (source,) if bound else (), named

    return given


def _names_of_leaves(
    declared: StrawberryField, config: StrawberryConfig, scalars: Mapping[object, Any]
) -> dict[str, str] | None:
    """Python's names of the field's arguments, by those in the schema; None where Strawberry makes more of a value than
    graphql-core did, which it does of all but leaves."""
    names = {}
    for argument in declared.arguments:
        of = argument.type.of_type if isinstance(argument.type, StrawberryOptional) else argument.type
        plain = is_scalar(of, scalars) or isinstance(of, StrawberryEnumDefinition)
        if not plain or of is GlobalID or isinstance(argument.type, StrawberryMaybe):
            return None
        names[config.name_converter.from_argument(argument)] = argument.python_name
    return names


def _is_the_event(definition: GraphQLField) -> bool:
    """Whether it is a subscription's field whose value is the event, as Strawberry has it."""
    declared = _declared(definition, "<lambda>")
    return declared is not None and declared.is_subscription


def _itself(event: Any) -> Any:
    return event


def _bare_resolver(
    definition: GraphQLField, schema: GraphQLSchema, *, guarded: bool = False
) -> StrawberryResolver[Any] | None:
    """The field's own function, if Strawberry has nothing to do but to call it, once a guard lets it where it may have
    one."""
    declared = next(filter(None, (_declared(definition, name) for name in WRAPPERS)), None)
    strawberrys: Any = getattr(schema, "_strawberry_schema", None)
    if declared is None or strawberrys is None or strawberrys.schema_converter.exception_handlers:
        return None
    resolver = declared.base_resolver
    alone = not declared.extensions or (guarded and _has_a_guard(declared))
    return resolver if resolver is not None and alone and callable(resolver.wrapped_func) else None


def _has_a_guard(declared: StrawberryField) -> bool:
    return len(declared.extensions) == 1 and isinstance(declared.extensions[0], Guard)


def _declared(definition: GraphQLField, made: str) -> StrawberryField | None:
    """The field's declaration, if its resolver is the function of this name that Strawberry made of it."""
    declared = (definition.extensions or {}).get("strawberry-definition")
    resolve = definition.resolve
    if not isinstance(declared, StrawberryField) or not isinstance(resolve, FunctionType):
        return None
    own = type(declared).get_result is not StrawberryField.get_result
    by_strawberry = resolve.__module__ == "strawberry.schema.schema_converter" and resolve.__name__ == made
    return declared if by_strawberry and not own else None


def _names_of_object(resolver: StrawberryResolver[Any]) -> tuple[str, ...]:
    """Of the parameters that are given the object."""
    return tuple(each.name for each in (resolver.parent_parameter, resolver.root_parameter) if each is not None)
