"""What a town says of access to its pages and offices: statement, other ways in, languages."""

from django import forms
from django.utils.translation import gettext_lazy

from booking.spoken_languages import language_choices

from .base import CheckedForm

ACCESS_FIELDSETS = (
    (
        gettext_lazy("Other ways to the start page"),
        {"fields": ("sign_language_url", "easy_language_url")},
    ),
    (
        gettext_lazy("Accessibility statement"),
        {
            "fields": (
                "conformance",
                "inaccessible",
                "accessibility_reviewed",
                "accessibility_email",
                "accessibility_url",
                "enforcement_body",
            )
        },
    ),
)


class SpokenLanguagesForm(CheckedForm):
    """The languages as boxes to tick; the model keeps their codes."""

    spoken_languages = forms.MultipleChoiceField(
        label=gettext_lazy("languages spoken beside German"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
