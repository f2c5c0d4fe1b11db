"""A confidence of 0.9 means that nine of ten are right."""

from itertools import pairwise

import pytest

from tests.understanding import messages
from understanding.calibration import KNOTS, calibrated

_FEWEST = 20
"""So many messages a group must have to say anything."""


@pytest.fixture(scope="module")
def answered() -> list[tuple[float, bool]]:
    answers = messages.understood(messages.HELD_OUT, *messages.DEV)
    return [(requests[0].confidence, requests[0].intent in message.right) for message, requests in answers]


def test_the_surer_the_score_the_higher_the_confidence() -> None:
    steps = [calibrated(score / 100) for score in range(101)]

    assert all(one <= two for one, two in pairwise(steps))
    assert steps[0] == KNOTS[0][1]
    assert steps[-1] == KNOTS[-1][1]


def test_confidence_is_the_share_of_right_answers(answered: list[tuple[float, bool]]) -> None:
    for low, high in ((0.0, 0.9), (0.9, 0.96), (0.96, 0.98), (0.98, 1.01)):
        group = [(confidence, right) for confidence, right in answered if low <= confidence < high]
        if len(group) < _FEWEST:
            continue
        claimed = sum(confidence for confidence, _ in group) / len(group)
        right = sum(right for _, right in group) / len(group)
        assert right == pytest.approx(claimed, abs=0.05), (low, high, len(group))


def test_nine_of_ten_sure_answers_are_right(answered: list[tuple[float, bool]]) -> None:
    sure = [right for confidence, right in answered if confidence >= 0.9]

    assert len(sure) >= 0.9 * len(answered)
    assert sum(sure) >= 0.9 * len(sure)
