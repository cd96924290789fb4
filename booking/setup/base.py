"""What all set-up pages share: permissions by authority, clear refusals, no surprises."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db.models import DateField, Field, Model, QuerySet, TimeField, URLField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from booking.models import Authority, Office

from .deleting import reasons_to_keep
from .scope import changeable, rights_of, visibility, visible


class CheckedForm(ModelForm):
    """Checks every constraint of the model, also those over fields that are not in the form.

    Django leaves these to the database, which would answer with an error page.
    """

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, ValidationError(error.messages))


class VisibleOffices(admin.RelatedFieldListFilter):
    """A filter by office that reads the offices, not every row to see which of them occur."""

    def field_choices(
        self, field: Field, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[object, str]]:
        offices = visible(Office, request.user).order_by("name_de")
        return [(office.pk, str(office)) for office in offices]


class ScopedChoices:
    """Offers in every selection only what the user may see, in plain browser controls."""

    formfield_overrides = {
        DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})},
        URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the buttons that open other pages in windows of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", visible(db_field.related_model, request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ScopedAdmin(ScopedChoices, admin.ModelAdmin):
    """A page for leads: they see and change what belongs to their authority or office."""

    form = CheckedForm
    # Chosen once: what hangs on the object would not move with it.
    fixed_fields: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(visibility(self.model, request.user))

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in self.fixed_fields:
            if change and name in form.base_fields:
                form.base_fields[name].disabled = True
        if not change and "authority" in form.base_fields:
            form.base_fields["authority"].queryset = changeable(Authority, request.user)
        return form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only by what the page offers: a filter by a hidden field would tell what it holds."""
        filters = [_parameter(one) for one in self.list_filter]
        offered = {one.partition("__")[0] for one in [*filters, self.date_hierarchy or ""]}
        if lookup.partition("__")[0] not in offered or "\x00" in value:
            return False
        return super().lookup_allowed(lookup, value, request)

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Do with the chosen rows what was asked; what is no id at all chooses none.

        Django would ask the database for it and answer with an error page.
        """
        sent = request.POST.copy()
        ids = [one for one in sent.getlist(ACTION_CHECKBOX_NAME) if _is_id(one, self.opts.pk)]
        sent.setlist(ACTION_CHECKBOX_NAME, ids)
        request.POST = sent
        return super().response_action(request, queryset)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """The row by its key; also where the address names an empty field to find it by.

        Django would ask for the field of that name and answer with an error page.
        """
        return super().get_object(request, object_id, from_field or None)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).may_set_up

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return rights_of(request).may_set_up and (
            obj is None or visible(self.model, request.user).filter(pk=obj.pk).exists()
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).may_add(self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return rights_of(request).may_set_up and (
            obj is None or changeable(self.model, request.user).filter(pk=obj.pk).exists()
        )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list, dict, set, list]:
        """What the page before deleting lists, and why something must stay."""
        objects = list(objs)
        shown = [entry for one in objects for entry in self.describe_deletion(one)]
        allowed = changeable(self.model, request.user).filter(pk__in=[one.pk for one in objects])
        refused = set() if allowed.count() == len(objects) else {self.opts.verbose_name}
        reasons = [reason for one in objects for reason in reasons_to_keep(one)]
        return shown, {self.opts.verbose_name_plural: len(objects)}, refused, reasons

    def describe_deletion(self, obj: Model) -> list:
        """How the page before deleting describes one object, as a nested list."""
        return [str(obj)]


class ScopedInline(ScopedChoices, admin.TabularInline):
    """Rows inside another page: whoever may change the page may change them."""

    form = CheckedForm
    extra = 0
    show_change_link = True

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """The heading of a column is all that tells what a field is: screen readers need more."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs.setdefault("aria-label", capfirst(field.label))
        return field

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.choices = list(field.choices)  # read once, not again for every row
        formset.deletion_widget = forms.CheckboxInput(attrs={"aria-label": _("Delete?")})
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, obj: Model | None) -> bool:
        """Looked up once per request: Django asks for every row."""
        if obj is None:
            return True
        known = request.__dict__.setdefault("setup_may_change", {})
        if obj not in known:
            allowed = changeable(self.parent_model, request.user)
            known[obj] = allowed.filter(pk=obj.pk).exists()
        return known[obj]


def _parameter(of_filter: str | tuple | type[admin.SimpleListFilter]) -> str:
    """How the filter is called in an address."""
    if isinstance(of_filter, str):
        return of_filter
    return of_filter[0] if isinstance(of_filter, tuple) else of_filter.parameter_name


def _is_id(text: str, field: Field) -> bool:
    try:
        field.clean(text, None)
    except ValidationError:
        return False
    return True


class ReadOnlyAdmin(ScopedAdmin):
    """A page to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
