from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("Appointments and queue")

    def ready(self) -> None:
        from .domain.grid import watch_the_set_up

        watch_the_set_up()
