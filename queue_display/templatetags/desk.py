"""For the templates of the desk."""

from django import template

from queue_display.wording import counter_name

register = template.Library()
# {{ counter.label|counter_name }}
register.filter("counter_name", counter_name)
