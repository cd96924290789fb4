"""The documentation page: the OpenAPI description as plain HTML, without any script.

It is in English throughout, as are the names and codes of the contract.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from . import reference

CREDENTIALS = {
    "BearerToken": "Authorization: Bearer <token>",
    "AppointmentSecret": "X-Appointment-Secret",
}


class DocsPage(DocsBase):
    """Renders ``templates/api/docs.html``."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **params: Any) -> HttpResponse:
        schema = api.get_openapi_schema(path_params=params)
        statuses = reference.statuses()
        context = {
            "title": api.title,
            "description": [_prose(text) for text in api.description.split("\n\n")],
            "openapi_url": self.get_openapi_url(api, params),
            "groups": _groups(schema["paths"]),
            "schemas": [_shape(name, one) for name, one in schema["components"]["schemas"].items()],
            "codes": [
                {"code": code, "status": int(statuses[code]), "meaning": _prose(meaning)}
                for code, meaning in reference.MEANING.items()
            ],
        }
        with translation.override("en"):
            response = render(request, "api/docs.html", context)
        response["Content-Language"] = "en"
        return response


def _prose(text: str) -> SafeString:
    """The text with what stands between backquotes as code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if i % 2 else part,) for i, part in parts)
    )


def _groups(paths: dict[str, dict]) -> list[dict[str, Any]]:
    """The operations by tag, in the order of the routers."""
    groups: dict[str, list] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            described = _operation(method.upper(), path, operation)
            groups.setdefault(operation["tags"][0], []).append(described)
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": operation["summary"],
        "description": _prose(operation.get("description", "")),
        "credentials": [CREDENTIALS[name] for one in operation.get("security", []) for name in one],
        "parameters": [
            {
                "name": parameter["name"],
                "place": parameter["in"],
                "required": parameter["required"],
                "type": _type(parameter["schema"]),
                "description": _prose(parameter.get("description", "")),
            }
            for parameter in operation["parameters"]
        ],
        "body": _type(body["schema"]) if body else None,
        "answers": [_response(status, one) for status, one in operation["responses"].items()],
    }


def _response(status: int, response: dict[str, Any]) -> dict[str, Any]:
    content = next(iter(response.get("content", {}).values()), None)
    described = response["description"].removeprefix("Problem: ").replace("`", "")
    is_problem = status >= HTTPStatus.BAD_REQUEST
    return {
        "status": status,
        "type": _type(content["schema"]) if content and not is_problem else None,
        "codes": described.split(", ") if is_problem else [],
    }


def _shape(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    return {
        "name": name,
        "description": _prose(schema.get("description", "")),
        "fields": [
            {
                "name": field,
                "type": _type(one),
                "required": field in required,
                "description": _prose(one.get("description", "")),
            }
            for field, one in schema.get("properties", {}).items()
        ],
    }


def _type(schema: dict[str, Any]) -> dict[str, str]:
    """How a JSON schema reads in one line; ``shape`` is the named one it is made of."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"text": name, "shape": name}
    if "anyOf" in schema:
        parts = [_type(one) for one in schema["anyOf"]]
        shape = next((part["shape"] for part in parts if part["shape"]), "")
        return {"text": " or ".join(part["text"] for part in parts), "shape": shape}
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        return {"text": f"list of {inner['text']}", "shape": inner["shape"]}
    text = schema.get("type", "any")
    if schema.get("format") and schema["format"] != "uuid":
        text = schema["format"]
    return {"text": text, "shape": ""}
