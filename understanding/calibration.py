"""From the share that phrases and model give an intent to how often such an opinion is right.

The figures below are those of ``tools.fit_confidence`` (``scored``, ``pooled``) over ``messages_fresh_held_out.jsonl``,
which the model has never learned from. A test holds them against messages kept apart.
"""

from bisect import bisect_right

from understanding.judging import Opinion

SURE_OF_AN_ISBN = 0.99
KNOTS = ((0.3, 0.5), (0.4, 0.714), (0.5, 0.783), (0.6, 0.783), (0.7, 0.81), (0.8, 0.928), (0.9, 0.928), (1.0, 0.968))
"""(share of the best intent, share of right answers); straight lines between."""


def share(opinion: Opinion) -> float:
    """How likely phrases and model together take the intent of an opinion for, 0..1."""
    return opinion.heard.get("search" if opinion.intent == "availability" else opinion.intent, 1.0)


def confidence(opinion: Opinion) -> float:
    """0..1: how often an opinion like this one is right."""
    return calibrated(share(opinion))


def calibrated(score: float) -> float:
    """The share of right answers at a share of the best intent."""
    if score <= KNOTS[0][0]:
        return KNOTS[0][1]
    if score >= KNOTS[-1][0]:
        return KNOTS[-1][1]
    at = bisect_right(KNOTS, (score, 1.0))
    (left, low), (right, high) = KNOTS[at - 1], KNOTS[at]
    return round(low + (high - low) * (score - left) / (right - left), 3)
