"""The gateway of the operator's choice, and numbers it can reach."""

import json

import pytest

from booking import sms
from booking.phone_numbers import mobile_number
from tests.gateways import Gateway, running_gateway

TEXT = 'Termin 24.11., "Bürgerbüro" {number} & mehr'


@pytest.fixture
def gateway(settings):
    with running_gateway() as running:
        settings.SMS_URL = running.address
        yield running


def test_a_json_gateway_gets_json(gateway: Gateway, settings):
    settings.SMS_AUTHORIZATION = "Bearer abc"
    sms.send("+4915123456789", TEXT)
    ((kind, authorization, body),) = gateway.received
    assert (kind, authorization) == ("application/json; charset=utf-8", "Bearer abc")
    assert json.loads(body) == {"to": "+4915123456789", "text": TEXT}


def test_a_gateway_that_wants_a_form_gets_one(gateway: Gateway, settings):
    settings.SMS_BODY = "user=town&to={number}&msg={text}"
    sms.send("+4915123456789", "Grüße & mehr")
    ((kind, authorization, body),) = gateway.received
    assert (kind, authorization) == ("application/x-www-form-urlencoded; charset=utf-8", "")
    assert body == "user=town&to=%2B4915123456789&msg=Gr%C3%BC%C3%9Fe+%26+mehr"


@pytest.mark.parametrize("answer", [302, 400, 401, 500])
def test_what_is_refused_was_not_sent(gateway: Gateway, answer):
    gateway.answer = answer
    with pytest.raises(sms.NotSent):
        sms.send("+4915123456789", TEXT)
    assert len(gateway.received) == 1


def test_without_a_gateway_nothing_is_sent(settings):
    settings.SMS_URL = ""
    with pytest.raises(sms.NotSent):
        sms.send("+4915123456789", TEXT)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0151 23456789", "+4915123456789"),
        ("+49 (151) 234-56789", "+4915123456789"),
        ("0043 664 1234567", "+436641234567"),
        ("+48 512 345 678", "+48512345678"),
        ("03441 12345", ""),
        ("0151 2", ""),
        ("Erika", ""),
        ("", ""),
    ],
)
def test_only_mobile_numbers_are_reached(typed, number):
    assert mobile_number(typed) == number
