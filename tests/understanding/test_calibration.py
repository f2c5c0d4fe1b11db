"""A confidence of 0.9 means that nine of ten are right, also about people whom nobody has heard before."""

from itertools import pairwise

import pytest

from tests.understanding import messages
from understanding.calibration import KINDS, calibrated, knots

_FEWEST = 40
"""So many messages a group must have to say anything."""


@pytest.fixture(scope="module")
def answered() -> list[tuple[float, bool]]:
    answers = messages.understood(messages.VOICES_HELD, messages.PEOPLE_HELD, messages.FRESH_HELD_OUT)
    return [(requests[0].confidence, requests[0].intent in message.right) for message, requests in answers]


@pytest.mark.parametrize("kind", KINDS)
def test_the_surer_the_score_the_higher_the_confidence(kind: str) -> None:
    steps = [calibrated(score / 100, kind) for score in range(101)]

    assert all(one <= two for one, two in pairwise(steps))
    assert steps[0] == knots()[kind][0][1]
    assert steps[-1] == knots()[kind][-1][1]


def test_a_phrase_is_worth_more_than_a_title_that_is_only_supposed() -> None:
    assert calibrated(0.6, "phrase") > calibrated(0.6, "title")


def test_confidence_is_the_share_of_right_answers(answered: list[tuple[float, bool]]) -> None:
    for low, high in ((0.0, 0.55), (0.55, 0.75), (0.75, 0.9), (0.9, 0.95), (0.95, 1.01)):
        group = [(confidence, right) for confidence, right in answered if low <= confidence < high]
        if len(group) < _FEWEST:
            continue
        claimed = sum(confidence for confidence, _ in group) / len(group)
        right = sum(right for _, right in group) / len(group)
        assert right >= claimed - 0.08, (low, high, len(group), claimed, right)
        assert right <= claimed + 0.15, (low, high, len(group), claimed, right)


def test_nine_of_ten_sure_answers_are_right(answered: list[tuple[float, bool]]) -> None:
    sure = [right for confidence, right in answered if confidence >= 0.9]

    assert len(sure) >= 0.3 * len(answered)
    assert sum(sure) >= 0.9 * len(sure)


def test_what_is_known_well_is_said_surely() -> None:
    answers = messages.understood(messages.HELD_OUT, *messages.DEV)
    sure = [requests[0].intent in message.right for message, requests in answers if requests[0].confidence >= 0.75]

    assert len(sure) >= 0.9 * len(answers)
    assert sum(sure) >= 0.97 * len(sure)
