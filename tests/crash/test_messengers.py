"""All messengers at once in one service that is killed: the short form of ``python -m bench chaos``."""

import random
from pathlib import Path

import pytest

from bench._chaos import Luck
from bench.chaos import DRIVERS, Plan, Run
from tests.support.databases import Databases

pytestmark = pytest.mark.crash

PLAN = Plan(
    questions=16,
    readers=8,
    kills=1,
    gap_s=0.4,
    settle_s=0.5,
    answered_s=90,
    luck=Luck(twice=0.5, late_s=1.0, pause_s=0.1, calm_calls=1, patient=False, endless=False),
)


async def test_every_question_is_answered_in_order_whatever_messengers_and_connections_do(
    databases: Databases, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    run = Run({name: build("", PLAN.luck) for name, build in DRIVERS.items()}, PLAN, seed)

    faults = await run.through(await databases.url("sqlite"), tmp_path)

    assert faults == [], f"seed {seed}"
    assert run.asked == dict.fromkeys(DRIVERS, 16)
    for name, driver in run.drivers.items():
        met = {kind for kind in driver.kinds if driver.figures[kind]}
        assert (name, met) == (name, set(driver.kinds))
        assert driver.figures["delivered twice"]
