"""Staff and their roles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Field, Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.domain.permissions import authorities_of
from booking.models import Office, StaffRole, User

from .base import CheckedForm, ScopedAdmin, ScopedInline
from .scope import roles_to_grant

# Registered by the import above; what somebody may do follows from roles alone.
admin.site.unregister(Group)


class StaffRoleForm(CheckedForm):
    def clean(self) -> dict[str, Any]:
        """An office belongs to the authority for which the role is given."""
        cleaned = super().clean()
        office, authority = cleaned.get("office"), cleaned.get("authority")
        if office and authority and office.authority_id != authority.pk:
            self.add_error("office", _("This office belongs to another authority."))
        return cleaned


class RolesOfOneUser(BaseInlineFormSet):
    """Somebody without a role could do nothing, and no lead would find them again."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [
            form
            for form in self.forms
            if form.has_changed() or form.instance.pk
            if form not in self.deleted_forms
        ]
        if not kept:
            raise forms.ValidationError(_("Please give this person at least one role."))


class StaffRoleInline(ScopedInline):
    model = StaffRole
    form = StaffRoleForm
    formset = RolesOfOneUser
    fields = ("role", "authority", "office")
    min_num = 1
    show_change_link = False

    def formfield_for_choice_field(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        granted = roles_to_grant(request.user)
        field.choices = [choice for choice in field.choices if choice[0] in ("", *granted)]
        return field

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        authorities = authorities_of(request.user)
        if db_field.name == "authority":
            kwargs["queryset"] = authorities
        elif db_field.name == "office":
            kwargs["queryset"] = Office.objects.filter(authority__in=authorities.values("pk"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(User)
class StaffAdmin(ScopedAdmin, UserAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    inlines = (StaffRoleInline,)
    list_display = ("username", "display_name", "roles_shown", "is_active", "last_login")
    list_filter = ("roles__role", ("roles__office", admin.RelatedOnlyFieldListFilter), "is_active")
    search_fields = ("username", "display_name")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login",)
    fieldsets = (
        (None, {"fields": ("username", "display_name", "password", "is_active", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("roles__office")

    @admin.display(description=gettext_lazy("roles"))
    def roles_shown(self, user: User) -> str:
        return ", ".join(
            f"{role.get_role_display()} ({role.office})" if role.office else role.get_role_display()
            for role in user.roles.all()
        )

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Django's own form for users; which of the two it is depends on ``obj``."""
        return UserAdmin.get_form(self, request, obj, change=change, **kwargs)
