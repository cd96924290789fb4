"""Addresses of the desk."""

from django.urls import path

from . import desk, desk_priority

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<uuid:office_id>/", desk.desk_office, name="desk_office"),
    path("desk/<uuid:office_id>/queue/", desk.desk_queue, name="desk_queue"),
    path("desk/counter/<uuid:counter_id>/open/", desk.desk_open, name="desk_open"),
    path("desk/counter/<uuid:counter_id>/take-over/", desk.desk_take_over, name="desk_take_over"),
    path("desk/counter/<uuid:counter_id>/close/", desk.desk_close, name="desk_close"),
    path("desk/counter/<uuid:counter_id>/pause/", desk.desk_pause, name="desk_pause"),
    path("desk/counter/<uuid:counter_id>/next/", desk.desk_next, name="desk_next"),
    path("desk/counter/<uuid:counter_id>/call/<uuid:visit_id>/", desk.desk_call, name="desk_call"),
    path("desk/visit/<uuid:visit_id>/transfer/", desk.desk_transfer, name="desk_transfer"),
    path("desk/visit/<uuid:visit_id>/priority/", desk_priority.desk_priority, name="desk_priority"),
    path("desk/visit/<uuid:visit_id>/<slug:action>/", desk.desk_visit, name="desk_visit"),
]
