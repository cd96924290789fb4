"""The set-up site: who may enter, how it calls itself, and its list grouped by task."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from . import figures, poster, record, wishes
from .scope import rights_of

# Which models stand under which heading, in this order.
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Town and offices"), ("Authority", "Office", "Counter", "Notice")),
    (_("Services and hours"), ("Service", "Situation", "Offering", "OpeningHours", "Closure")),
    (_("Staff and devices"), ("User", "Device")),
    (_("Today"), ("Appointment", "Visit")),
)


class Site(AdminSite):
    """Open to leads and operators; everybody else is told so."""

    site_header = site_title = _("Set-up")
    index_title = _("What would you like to set up?")
    site_url = "/desk/"
    index_template = "setup/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).may_set_up

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Our own login page; a colleague who may not enter gets a clear no instead of a loop."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path.removesuffix("login/")))

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return LogoutView.as_view()(request)

    @method_decorator(never_cache)
    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        """Like every page of the set-up kept by no cache, which Django lets this one be."""
        return super().password_change(request, extra_context)

    @method_decorator(never_cache)
    def password_change_done(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        return super().password_change_done(request, extra_context)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The figures, and without Django's addresses that nothing here uses.

        One looks for pages of objects: none has any. One searches while somebody types: no form
        does, and it fails on a field it does not expect.
        """
        unused = ("view_on_site", "autocomplete")
        used = [one for one in super().get_urls() if getattr(one, "name", "") not in unused]
        return [*self._figures_urls(), *self._wishes_urls(), *self._own_urls(), *used]

    def _own_urls(self) -> list[URLPattern]:
        pages = [
            ("record/", record.record, "record"),
            ("poster/", poster.posters, "posters"),
            ("poster/<uuid:office_id>/poster.pdf", poster.poster_file, "poster"),
            ("poster/<uuid:office_id>/renew/", poster.poster_renew, "poster_renew"),
        ]
        return [path(route, self.admin_view(view), name=name) for route, view, name in pages]

    def _figures_urls(self) -> list[URLPattern]:
        whose = "figures/<uuid:office_id>/"
        pages = [
            ("figures/", figures.choose_office, "figures"),
            (whose, figures.figures_page, "figures_of"),
            (f"{whose}<slug:table>.csv", figures.figures_csv, "figures_csv"),
            (f"{whose}figures.ods", figures.figures_ods, "figures_ods"),
        ]
        return [path(route, self.admin_view(view), name=name) for route, view, name in pages]

    def _wishes_urls(self) -> list[URLPattern]:
        pages = [
            ("wishes/", wishes.wishes, "wishes"),
            ("wishes/<uuid:office_id>/", wishes.release_places, "wishes_release"),
        ]
        return [path(route, self.admin_view(view), name=name) for route, view, name in pages]

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """There is one list, on the first page."""
        return redirect("admin:index")

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """The models in groups by task instead of by app."""
        apps = self._build_app_dict(request).values()
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        groups = []
        for number, (name, wanted) in enumerate(GROUPS):
            shown = [models[model] for model in wanted if model in models]
            if shown:
                groups.append(
                    {
                        "name": name,
                        "app_label": f"group-{number}",
                        "app_url": reverse("admin:index"),
                        "has_module_perms": True,
                        "models": shown,
                    }
                )
        return groups
