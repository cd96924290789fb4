"""What there is: towns, their offices, and what these offer."""

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Router

from booking.domain.errors import NotFound
from booking.models import Authority, Offering, Office

from .reference import answers
from .schemas import AuthorityOut, OfferingOut, OfficeOut

router = Router(tags=["Offices"])


@router.get("/authorities", response=list[AuthorityOut], summary="Towns")
def list_authorities(request: HttpRequest) -> list[Authority]:
    """Every town that uses this installation."""
    return list(Authority.objects.all())


@router.get(
    "/authorities/{slug:slug}/offices",
    response=list[OfficeOut],
    summary="Offices of a town",
    openapi_extra=answers("not_found"),
)
def list_offices(request: HttpRequest, slug: str) -> list[OfficeOut]:
    """The offices with all they offer; names are in the language of the request."""
    authority = Authority.objects.filter(slug=slug).first()
    if authority is None:
        raise NotFound
    offerings = Offering.objects.select_related("service")
    offices = authority.offices.prefetch_related(Prefetch("offerings", queryset=offerings))
    return [_office(office) for office in offices]


def _office(office: Office) -> OfficeOut:
    return OfficeOut(
        id=str(office.pk),
        name=office.name,
        address=office.address,
        time_zone=office.time_zone,
        step_free=office.step_free,
        spoken_languages=office.spoken_languages,
        offerings=[_offering(offering) for offering in office.offerings.all()],
    )


def _offering(offering: Offering) -> OfferingOut:
    service = offering.service
    return OfferingOut(
        id=str(offering.pk),
        service=service.slug,
        name=service.name,
        minutes=offering.minutes,
        max_quantity=offering.max_quantity,
        online=offering.online,
        walk_in=offering.walk_in,
        documents=service.document_list,
        checklist_required=offering.checklist_required,
        costs=service.costs or "",
        online_url=service.online_url,
        representation=service.representation or "",
        children=service.children or "",
        leika=service.leika,
    )
