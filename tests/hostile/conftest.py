"""Two towns: one whose things are asked for, and one from which strangers come."""

import pytest

from .towns import Town


@pytest.fixture
def town(db) -> Town:
    return Town("musterstadt", "Sonnenhausen")


@pytest.fixture
def other(db) -> Town:
    return Town("beispielstadt", "Fremdhausen")
