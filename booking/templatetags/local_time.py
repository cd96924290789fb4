"""The filters of :mod:`booking.local_time` for templates."""

from django import template

from booking import local_time

register = template.Library()
register.filter("day", local_time.day_text)
register.filter("short_day", local_time.short_day_text)
register.filter("month", local_time.month_text)
register.filter("clock", local_time.time_text)
register.filter("weekday", local_time.weekday_text)
