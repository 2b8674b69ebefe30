"""Holds requests and answers against a published OpenAPI document, after the corrections listed beside this file.

    oeapi = spec("oeapi-v6.yaml")
    oeapi.request("GET", "http://127.0.0.1:9/courses?pageSize=250")
    oeapi.response("GET", "/courses?pageSize=250", 200, body)

Both raise SpecificationBroken, which says what is wrong and where. Bodies are decoded JSON.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import openapi_schema_validator as oas
import yaml
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, DRAFT202012

from .simulators import specification

_CORRECTIONS = Path(__file__).parent / "spec_corrections.yaml"
_HERE = "urn:specification"
_MISSING = object()


class SpecificationBroken(AssertionError):
    """A request or an answer that the document does not allow."""


@cache
def spec(name: str) -> "Specification":
    """The document of that name, corrected. Skips the test where it is not beside the checkout (fails in CI)."""
    return Specification(corrected(name))


def corrected(name: str) -> dict[str, Any]:
    """The document itself, read anew."""
    text = specification(name).read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)  # the safe loader, in C: ten times faster
    for correction in yaml.safe_load(_CORRECTIONS.read_text(encoding="utf-8")):
        if correction["document"] == name:
            places = correction["at"]
            for place in [places] if isinstance(places, str) else places:
                _correct(document, place, correction)
    return document


def _correct(document: Any, place: str, correction: Mapping[str, Any]) -> None:
    """Replaces what stands at a JSON pointer (`-` as its end appends to a list), or patches it.

    A patch is RFC 7396's: members given are set, null removes.
    """
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:]]
    for part in way:
        document = document[int(part) if isinstance(document, list) else part]
    if last == "-":
        document.append(correction["replace"])
    elif "replace" in correction:
        document[last] = correction["replace"]
    else:
        for member, value in correction["patch"].items():
            if value is None:
                document[last].pop(member)
            else:
                document[last][member] = value


def _extensible(validator: Any, known: list[str], value: Any, schema: Any) -> Iterator[ValidationError]:
    """OEAPI's vocabularies: a listed word, or one of our own with the prefix x-."""
    if isinstance(value, str) and value not in known and not value.startswith("x-"):
        yield ValidationError(f"{value!r} is neither one of {known} nor begins with x-")


_AnswersOf31 = extend(oas.OAS31Validator, {"x-ooapi-extensible-enum": _extensible})


class Specification:
    """One OpenAPI document, 3.0 or 3.1."""

    def __init__(self, document: dict[str, Any]) -> None:
        old = document["openapi"].startswith("3.0")
        self._document = document
        self._dialect = oas.OAS30Validator if old else _AnswersOf31
        self._formats = oas.oas30_format_checker if old else oas.oas31_format_checker
        resource = Resource(contents=document, specification=DRAFT4 if old else DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_HERE, resource)
        # Literal paths before those with parameters: /persons/me is not a person's id.
        self._paths = [
            (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))), path)
            for path in sorted(document["paths"], key=lambda path: (path.count("{"), path))
        ]

    def request(self, method: str, url: str, body: Any = _MISSING, content_type: str = "application/json") -> None:
        """A request as sent: every query name is declared, every value of its type, the body of its schema."""
        address = urlsplit(url)
        pointer, operation, in_path = self._operation(method, address.path)
        declared = self._parameters(pointer, operation)
        given = parse_qsl(address.query, keep_blank_values=True)
        for name, value in given:
            at = declared.get(("query", name)) or declared.get(("query", name.partition("[")[0]))
            if at is None:
                raise SpecificationBroken(f"{method} {address.path}: no query parameter {name!r}")
            if "[" not in name:
                self._parameter(f"{method} {address.path} ?{name}", at, value)
        for name, value in in_path.items():
            if ("path", name) in declared:
                self._parameter(f"{method} {address.path} {{{name}}}", declared["path", name], unquote(value))
        for (place, name), at in declared.items():
            if place == "query" and self._at(at).get("required") and name not in dict(given):
                raise SpecificationBroken(f"{method} {address.path}: query parameter {name!r} is required")
        self._request_body(f"{method} {address.path}", f"{pointer}/requestBody", operation, body, content_type)

    def response(
        self, method: str, path: str, status: int, body: Any = _MISSING, content_type: str = "application/json"
    ) -> None:
        """An answer as received: the status is declared for the operation, the body fits its schema."""
        pointer, operation, _ = self._operation(method, urlsplit(path).path)
        answers = {str(code): code for code in operation["responses"]}
        code = next((word for word in (str(status), f"{status // 100}XX", "default") if word in answers), None)
        what = f"{method} {path} {status}"
        if code is None:
            raise SpecificationBroken(f"{what}: the document knows only {', '.join(answers)}")
        at = self._followed(f"{pointer}/responses/{code}")
        content = self._at(at).get("content", {})
        if not content:
            return
        if content_type.partition(";")[0] not in content and "*/*" not in content:
            raise SpecificationBroken(f"{what}: {content_type} is none of {', '.join(content)}")
        kind = content_type.partition(";")[0] if content_type.partition(";")[0] in content else "*/*"
        if body is _MISSING:
            raise SpecificationBroken(f"{what}: a body is due")
        self._fits(what, f"{at}/content/{_escaped(kind)}/schema", body)

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any], dict[str, str]]:
        for pattern, template in self._paths:
            found = pattern.fullmatch(path)
            if found and method.lower() in self._document["paths"][template]:
                operation = self._document["paths"][template][method.lower()]
                return f"/paths/{_escaped(template)}/{method.lower()}", operation, found.groupdict()
        raise SpecificationBroken(f"{method} {path}: the document has no such operation")

    def _parameters(self, pointer: str, operation: Mapping[str, Any]) -> dict[tuple[str, str], str]:
        """Pointers of all parameters by (place, name); those of the operation over those of its path."""
        of_path = pointer.rpartition("/")[0]
        places = [f"{of_path}/parameters/{n}" for n in range(len(self._at(of_path).get("parameters", ())))]
        places += [f"{pointer}/parameters/{n}" for n in range(len(operation.get("parameters", ())))]
        followed = [self._followed(place) for place in places]
        return {(self._at(at)["in"], self._at(at)["name"]): at for at in followed}

    def _parameter(self, what: str, at: str, text: str) -> None:
        schema = self._at(self._followed(f"{at}/schema"))
        kind = schema.get("type")
        value: Any = text
        if kind in ("integer", "number"):
            if not re.fullmatch(r"-?\d+(\.\d+)?", text):
                raise SpecificationBroken(f"{what}: {text!r} is no {kind}")
            value = float(text) if "." in text else int(text)
        elif kind == "boolean":
            value = {"true": True, "false": False}.get(text, text)
        elif kind == "array":
            value = text.split(",")
        self._fits(what, f"{at}/schema", value)

    def _request_body(  # a body is judged by its operation, its content type and its schema
        self, what: str, at: str, operation: Mapping[str, Any], body: Any, content_type: str
    ) -> None:
        if "requestBody" not in operation:
            if body is not _MISSING:
                raise SpecificationBroken(f"{what}: takes no body")
            return
        at = self._followed(at)
        declared = self._at(at)
        if body is _MISSING:
            if declared.get("required"):
                raise SpecificationBroken(f"{what}: a body is required")
            return
        kind = content_type.partition(";")[0]
        if kind not in declared["content"]:
            raise SpecificationBroken(f"{what}: {kind} is none of {', '.join(declared['content'])}")
        if kind == "application/json":
            self._fits(what, f"{at}/content/{_escaped(kind)}/schema", body)

    def _fits(self, what: str, at: str, value: Any) -> None:
        schema = {"$ref": f"{_HERE}#{quote(at, safe='/~:,!$&()*+;=@')}"}
        validator = self._dialect(schema, registry=self._registry, format_checker=self._formats)
        worst = best_match(validator.iter_errors(value))
        if worst is not None:
            raise SpecificationBroken(f"{what}: {worst.json_path}: {worst.message[:400]}")

    def _at(self, pointer: str) -> Any:
        found: Any = self._document
        for part in pointer.split("/")[1:]:
            word = part.replace("~1", "/").replace("~0", "~")
            # Status codes are numbers to YAML.
            found = found[word] if isinstance(found, dict) and word in found else found[int(word)]
        return found

    def _followed(self, pointer: str) -> str:
        """The pointer itself, or what its $ref leads to."""
        while isinstance(found := self._at(pointer), dict) and "$ref" in found:
            pointer = found["$ref"].removeprefix("#")
        return pointer


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
