"""What several tests of the machine begin with."""

import pytest

from tests.support.clock import StandingClock
from tests.support.post import Post


@pytest.fixture
def post(clock: StandingClock) -> Post:
    return Post(clock)
