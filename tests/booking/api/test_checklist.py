"""The list of what to bring, where an office wants it ticked."""

from .conftest import DETAILS


def test_without_the_list_ticked_nothing_is_booked(api, hold, offering):
    offering.checklist_required = True
    offering.save()
    held = hold()
    path = f"/appointments/{held['id']}/confirm"
    refused = api.post(path, DETAILS, secret=held["secret"])
    assert (refused.status_code, refused.json()["code"]) == (422, "checklist_open")
    booked = api.post(path, DETAILS | {"documents_ready": True}, secret=held["secret"])
    assert (booked.status_code, booked.json()["state"]) == (200, "booked")


def test_a_wrong_secret_does_not_learn_that_a_list_is_wanted(api, hold, offering):
    offering.checklist_required = True
    offering.save()
    held = hold()
    answer = api.post(f"/appointments/{held['id']}/confirm", DETAILS, secret="wrong")
    assert answer.status_code == 404
