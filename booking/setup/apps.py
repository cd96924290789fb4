"""The set-up pages as an app of Django's admin, with our own site and only our own models."""

from django.contrib.admin.apps import SimpleAdminConfig


class SetupSite(SimpleAdminConfig):
    """Django's admin, in the office lead's words."""

    default_site = "booking.setup.site.Site"

    def ready(self) -> None:
        super().ready()
        from . import devices, hours, notices, services, staff, today, town  # noqa: F401
