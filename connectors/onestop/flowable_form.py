"""A filled-in form, held against the one that its service came with."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import SchemaError

from campus.form_check import problems, unusable
from campus.problem import Problem
from connectors.wire import UpstreamBadResponse

from .records import Service


def check_form(service: Service, filled: Any, path: Sequence[str]) -> list[Problem]:
    """What is wrong with it; `path` leads to it. UpstreamBadResponse where nothing can be held against the form."""
    try:
        wrong = unusable(service.form)
    except SchemaError:
        wrong = "a pattern that cannot be matched in linear time"
    if wrong:
        raise UpstreamBadResponse(service.key.system, f"the form of {service.key.key}: {wrong}")
    return problems(service.form, filled, path=path)
