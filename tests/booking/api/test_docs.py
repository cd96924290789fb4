import re

from booking.api import reference

CONTRACT = {
    "GET /authorities",
    "GET /authorities/{slug}/offices",
    "GET /offices/{office_id}/availability",
    "GET /authorities/{slug}/times",
    "POST /offices/{office_id}/appointments",
    "POST /appointments/{appointment_id}/confirm",
    "GET /appointments/{appointment_id}",
    "DELETE /appointments/{appointment_id}",
    "POST /offices/{office_id}/visits",
    "GET /offices/{office_id}/queue",
    "GET /offices/{office_id}/counters",
    *(f"POST /counters/{{counter_id}}/{name}" for name in ("open", "close", "next")),
    *(
        f"POST /visits/{{visit_id}}/{name}"
        for name in ("recall", "begin", "finish", "missed", "park", "unpark", "transfer")
    ),
}


def operations(schema) -> dict[str, dict]:
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_the_description_holds_exactly_the_contract(api, db):
    response = api.get("/openapi.json")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    found = operations(response.json())
    assert set(found) == CONTRACT
    assert len({one["operationId"] for one in found.values()}) == len(CONTRACT)
    assert all(one["summary"] and one["description"] for one in found.values())


def test_every_reference_in_the_description_leads_somewhere(api, db):
    text = api.get("/openapi.json").content.decode()
    schemas = api.get("/openapi.json").json()["components"]["schemas"]

    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= set(schemas)


def test_every_problem_of_an_operation_is_explained(api, db):
    found = operations(api.get("/openapi.json").json())
    codes = {
        code
        for operation in found.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for code in re.findall(r"`(\w+)`", response["description"])
    }

    assert "slot_taken" in codes
    assert codes <= set(reference.MEANING)
    assert set(reference.MEANING) <= set(reference.statuses())


def test_the_page_shows_every_operation_and_code_without_any_foreign_request(api, db):
    response = api.get("/docs")
    page = response.content.decode()

    assert response.status_code == 200
    for operation in operations(api.get("/openapi.json").json()).values():
        assert f'id="{operation["operationId"]}"' in page
    for code in reference.MEANING:
        assert f'<tr id="{code}">' in page
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|onclick=", page)
    assert '<html lang="en"' in page


def test_the_page_has_no_id_twice_and_no_link_to_nowhere(api, db):
    page = api.get("/docs").content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
