"""The product's settings with the benchmark's own addresses beside the product's."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.limits"
