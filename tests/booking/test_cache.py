"""The cache on a real Redis."""

import os

import pytest
from django.core.cache import cache

pytestmark = pytest.mark.services


@pytest.mark.parametrize("value", [7, True, "done", {"a": [1, None]}])
def test_what_is_kept_comes_back(value):
    cache.set("kept", value)
    assert cache.get("kept") == value


def test_redis_counts(client):
    cache.add("counted", 0)
    assert [cache.incr("counted") for _ in range(3)] == [1, 2, 3]


def test_nothing_is_pickled():
    from redis import Redis

    cache.set("plain", {"state": "done"})
    assert Redis.from_url(os.environ["REDIS_URL"]).get(":1:plain") == b'{"state": "done"}'
