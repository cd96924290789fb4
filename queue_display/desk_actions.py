"""What a clerk can do with a person, each with its key, and what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.domain import visits
from booking.models import Visit


@dataclass(frozen=True)
class VisitAction:
    """One change of a visit, as a button with a key."""

    name: str
    key: str
    label: Promise
    done: Promise
    change: Callable[..., Visit]


VISIT_ACTIONS = {
    action.name: action
    for action in (
        VisitAction("begin", "B", _("Begin"), _("%(number)s is being served."), visits.begin),
        VisitAction(
            "recall", "R", _("Call again"), _("%(number)s was called again."), visits.recall
        ),
        VisitAction(
            "missed",
            "M",
            _("Did not come"),
            _("%(number)s is noted as not having come."),
            visits.missed,
        ),
        VisitAction("finish", "F", _("Finish"), _("%(number)s is finished."), visits.finish),
        VisitAction("park", "P", _("Park"), _("%(number)s is parked."), visits.park),
        VisitAction(
            "put_back",
            "U",
            _("Put back"),
            _("%(number)s is waiting again."),
            visits.put_back,
        ),
        VisitAction(
            "unpark",
            "",
            _("Back to the queue"),
            _("%(number)s is waiting again."),
            visits.unpark,
        ),
    )
}
# Said after "finish" where something is left that needs another counter.
PASSED_ON = _("%(number)s now waits for another counter.")
# What the clerk sees of the person at the counter, in this order.
AT_THE_COUNTER = ("begin", "recall", "missed", "put_back", "park", "finish")
