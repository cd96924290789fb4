"""Who waits, in which order, and whom a counter can do something for."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from booking.models import Counter, Office, Visit, VisitItem
from booking.prepared import PreparedQuery


def waiting_visits(office: Office | UUID) -> QuerySet[Visit]:
    """Who is waiting, in call order."""
    return Visit.objects.filter(office=office, state=Visit.State.WAITING)


def servable_by(counter: Counter) -> Q:
    """The visits a counter can do something for.

    It offers every item that is still to be done. Where no counter that is open now does, some
    of them are enough: the visit goes on to another counter for the rest.
    """
    skills = _skills(counter)
    offered = skills.pop(counter.pk)
    if not offered:
        return Q()
    to_do = VisitItem.objects.filter(visit=OuterRef("pk"), done_at__isnull=True)
    everything = ~Q(Exists(to_do.exclude(offering__in=offered)))
    if not all(skills.values()):
        return everything
    something = Q(Exists(to_do.filter(offering__in=offered)))
    for others in skills.values():
        something &= Q(Exists(to_do.exclude(offering__in=others)))
    return everything | something


def _skills(counter: Counter) -> dict[UUID, set[UUID]]:
    """What this counter and the open ones of its office offer; an empty set means everything."""
    skills: dict[UUID, set[UUID]] = {counter.pk: set()}
    for one in _at_work.all(counter.office_id, counter.pk):
        skills.setdefault(one.pk, set()).update([one.offers] if one.offers else [])
    return skills


# A row for each service of a counter, one without a service for those that offer everything.
_at_work = PreparedQuery(
    lambda office_id, counter_id: (
        Counter.objects.filter(office=office_id)
        .filter(~Q(state=Counter.State.CLOSED) | Q(pk=counter_id))
        .order_by()
        .annotate(offers=F("offerings"))
    ),
    UUID,
    UUID,
)


def people_ahead(visit: Visit) -> int:
    """How many of the waiting are due before this visit; 0 unless it waits."""
    if visit.state != Visit.State.WAITING:
        return 0
    earlier = (
        Q(due_at__lt=visit.due_at)
        | Q(due_at=visit.due_at, arrived_at__lt=visit.arrived_at)
        | Q(due_at=visit.due_at, arrived_at=visit.arrived_at, pk__lt=visit.pk)
    )
    return waiting_visits(visit.office_id).filter(earlier).count()


def lock_first_for(counter: Counter) -> Visit | None:
    """Who waits for the counter with the earliest due time.

    A row that another transaction is changing is passed over, and only where no other is left
    is it waited for.
    """
    servable = servable_by(counter)
    if not servable:  # everything: what most counters do, and most often
        return _first_free.first(counter.office_id) or _first.first(counter.office_id)
    candidates = waiting_visits(counter.office_id).filter(servable)
    return (
        candidates.select_for_update(skip_locked=True).first()
        or candidates.select_for_update().first()
    )


_first = PreparedQuery(lambda office_id: waiting_visits(office_id).select_for_update()[:1], UUID)
_first_free = PreparedQuery(
    lambda office_id: waiting_visits(office_id).select_for_update(skip_locked=True)[:1], UUID
)
