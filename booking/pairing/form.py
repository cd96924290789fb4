"""The form in which the office lead types a device's pairing code."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from booking.models import Device, Office


class OfficeChoice(forms.ModelChoiceField):
    def label_from_instance(self, office: Office) -> str:
        return f"{office.name} – {office.address}"


class PairingForm(forms.Form):
    """What the lead types in."""

    code = forms.CharField(
        label=gettext_lazy("Code on the screen of the device"),
        help_text=gettext_lazy("Six digits."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "number"}
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=Device.Kind)
    office = OfficeChoice(label=gettext_lazy("Where does it stand?"), queryset=None)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("So that you recognise it later, such as “Entrance, left”."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices
        if len(offices) == 1:
            self.fields["office"].initial = offices[0]
        for name in self.fields:
            self._style(name)

    def _style(self, name: str) -> None:
        attrs = self.fields[name].widget.attrs
        select = name in ("kind", "office")
        base = "kern-form-input__select" if select else "kern-form-input__input"
        attrs["class"] = f"{base} {attrs.get('class', '')}".strip()
        if self.is_bound and name in self.errors:
            self.mark_wrong(name)

    def mark_wrong(self, name: str) -> None:
        select = name in ("kind", "office")
        attrs = self.fields[name].widget.attrs
        attrs["class"] += "" if select else " kern-form-input__input--error"
        described = [f"id_{name}_helptext"] if self.fields[name].help_text else []
        attrs |= {
            "aria-invalid": "true",
            "aria-describedby": " ".join([*described, f"id_{name}_error"]),
        }

    def refuse_code(self, sentence: str) -> None:
        self.add_error("code", sentence)
        self.mark_wrong("code")
