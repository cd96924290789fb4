"""The form of the third step; the domain decides what is right."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.domain.contact_details import clean_details
from booking.domain.errors import ChecklistOpen, DetailsInvalid
from booking.models import Office


class HeardField(forms.BoundField):
    """Tells a screen reader that it must be filled in; the page shows what is optional.

    Not with ``required``: the browser would call an empty field wrong before anybody has typed.
    """

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        return attrs | {"aria-required": "true"} if self.field.required else attrs


class _LeftToTheDomain(forms.CharField):
    """A field that is not checked here; ``required`` only tells how to label it."""

    def validate(self, value: object) -> None:
        pass


def _widget(kind: type[forms.TextInput], autocomplete: str, length: int) -> forms.TextInput:
    return kind(
        {"class": "kern-form-input__input", "autocomplete": autocomplete, "maxlength": length}
    )


class DetailsForm(forms.Form):
    """Name and contact. Valid when the domain finds nothing wrong with them."""

    use_required_attribute = False
    bound_field_class = HeardField
    # Staff may leave out the e-mail address.
    by_staff = False
    # Known already, where the form does not ask for it.
    known_email = ""

    name = _LeftToTheDomain(
        label=_("First and last name"),
        help_text=_("So that we can address you at the counter."),
        widget=_widget(forms.TextInput, "name", 120),
    )
    email = _LeftToTheDomain(
        label=_("E-mail address"),
        help_text=_("The confirmation with the calendar entry goes there."),
        widget=_widget(forms.EmailInput, "email", 254),
    )
    phone = _LeftToTheDomain(
        label=_("Phone number"),
        required=False,
        help_text=_("Only for questions about this appointment."),
        widget=_widget(forms.TextInput, "tel", 40),
    )

    def __init__(
        self, *args: Any, office: Office, documents: Sequence[str] = (), **kwargs: Any
    ) -> None:
        """``documents`` have to be ticked, each of them."""
        super().__init__(*args, **kwargs)
        self.documents = documents
        if documents:
            self.fields["documents"] = forms.MultipleChoiceField(
                label=_("What you need to bring"),
                help_text=_("Please tick what you have ready; without it we cannot help you."),
                choices=[(document, document) for document in documents],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["phone"].widget.input_type = "tel"
        if not office.ask_phone:
            del self.fields["phone"]

    def clean(self) -> dict[str, str]:
        if len(self.cleaned_data.get("documents", ())) < len(self.documents):
            self.add_error("documents", ChecklistOpen().message)
        typed = {field: self.cleaned_data.get(field, "") for field in ("name", "email", "phone")}
        typed["email"] = self.known_email or typed["email"]
        try:
            return clean_details(**typed, by_staff=self.by_staff)
        except DetailsInvalid as refused:
            for field, sentence in refused.fields.items():
                self.refuse(field, sentence)
            return typed

    def refuse(self, field: str, sentence: str) -> None:
        """Say at the field what is wrong with it."""
        self.add_error(field, sentence)
        self.fields[field].widget.attrs["class"] += " kern-form-input__input--error"
