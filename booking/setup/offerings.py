"""Choosing services of one office, for a counter or for opening hours."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from booking.models import Offering

from .scope import visible


class OfferingsField(forms.ModelMultipleChoiceField):
    """Boxes to tick; the office is named, because several may offer the same."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, offering: Offering) -> str:
        return f"{offering.service} ({offering.office})"


class OfferingsForm(ModelForm):
    """Refuses services of another office."""

    def clean_offerings(self) -> QuerySet[Offering]:
        offerings = self.cleaned_data["offerings"]
        office = self.cleaned_data.get("office")
        if office is not None and any(one.office_id != office.pk for one in offerings):
            raise ValidationError(_("Please choose services of this office only."))
        return offerings


class OfferingsAdmin:
    """Offers only services of the object's own office once it has one."""

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        offered = visible(Offering, request.user).select_related("service", "office")
        return db_field.formfield(
            form_class=OfferingsField, queryset=offered.order_by("office__name_de", "position")
        )

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get("offerings")
        if change and field is not None:
            field.queryset = field.queryset.filter(office=obj.office_id)
        return form
