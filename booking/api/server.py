"""What all answers of the API have in common, also those to addresses it does not know."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import re_path
from django.utils import translation
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from . import problems
from .schemas import Problem


class Api(NinjaAPI):
    """The API with problem documents everywhere, in the language the client asks for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        problems.add_problem_handlers(self)

    @property
    def urls(self) -> tuple[list, str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            pattern.callback = _finished(pattern.callback)
        unknown = re_path(r"", _finished(_unknown))
        return [*patterns, unknown], app_name, namespace

    def get_openapi_operation_id(self, operation: Any) -> str:
        return operation.view_func.__name__.rstrip("_")

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return schema


def _finished(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view in the language of the request, with every refusal as a problem document."""

    @wraps(view)
    def finished(request: HttpRequest, **values: Any) -> HttpResponse:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = _answer(view, request, values)
        response.headers.setdefault("Content-Language", language)
        # Names, free times and queues change at any moment.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    # No operation reads a cookie: the token or secret is in a header of its own.
    finished.csrf_exempt = True
    return finished


def _answer(
    view: Callable[..., HttpResponse], request: HttpRequest, values: dict[str, Any]
) -> HttpResponse:
    try:
        response = view(request, **values)
    except Http404:
        return problems.not_found()
    if isinstance(response, HttpResponseNotAllowed):
        return problems.method_not_allowed(response["Allow"])
    return response


def _unknown(request: HttpRequest) -> HttpResponse:
    return problems.not_found()
