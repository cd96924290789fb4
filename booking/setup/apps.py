from django.contrib.admin.apps import AdminConfig


class SetupSite(AdminConfig):
    """Django's admin, in the office lead's words."""
