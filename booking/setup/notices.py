"""Notices beside the calls: a text, a picture or both."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from booking.domain.errors import PictureUnusable
from booking.domain.notices import delete_notice, save_notice, shown_picture
from booking.models import Notice

from .base import CheckedForm, ScopedAdmin, VisibleOffices
from .translated import TranslatedAdmin

TOO_LARGE = gettext_lazy("This file is larger than 10 MB.")
BYTES_AT_MOST = 10_000_000


class NoticeForm(CheckedForm):
    """With a picture to send, which the model keeps as its own bytes."""

    upload = forms.FileField(
        label=gettext_lazy("picture"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP; shown whole. It replaces the present one."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    without_picture = forms.BooleanField(
        label=gettext_lazy("remove the present picture"), required=False
    )

    def clean_upload(self) -> bytes | None:
        """The picture as it will be shown."""
        sent: UploadedFile | None = self.cleaned_data["upload"]
        if sent is None:
            return None
        if sent.size > BYTES_AT_MOST:
            raise ValidationError(TOO_LARGE)
        try:
            return shown_picture(sent.read())
        except PictureUnusable as refused:
            raise ValidationError(refused.message) from refused

    @property
    def picture(self) -> bytes | None:
        """What becomes of the picture, as ``save_notice`` takes it."""
        removed = b"" if self.cleaned_data["without_picture"] else None
        return self.cleaned_data["upload"] or removed


@admin.register(Notice)
class NoticeAdmin(ScopedAdmin, TranslatedAdmin):
    """Shown by displays whose layout has notices."""

    form = NoticeForm
    for_citizens = False
    fixed_fields = ("office",)
    fieldsets = (
        (None, {"fields": ("office", "heading", "text")}),
        (
            gettext_lazy("Picture"),
            {"fields": ("has_picture", "upload", "without_picture", "picture_text")},
        ),
        (gettext_lazy("When it is shown"), {"fields": ("first_day", "last_day", "position")}),
    )
    readonly_fields = ("has_picture",)
    list_display = ("heading", "office", "has_picture", "first_day", "last_day", "position")
    list_filter = (("office", VisibleOffices),)
    list_select_related = ("office",)
    search_fields = ("heading_de", "heading_en")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).defer("picture")

    @admin.display(boolean=True, description=gettext_lazy("has a picture"))
    def has_picture(self, notice: Notice) -> bool:
        return bool(notice.picture_digest)

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        save_notice(obj, picture=form.picture)

    def delete_model(self, request: HttpRequest, obj: Notice) -> None:
        delete_notice(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        for notice in queryset:
            delete_notice(notice)
