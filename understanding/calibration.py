"""From scores to the share of right answers that such scores had.

The figures below come from ``python -m tools.fit_confidence``: scores of the tuning messages and of real titles
(each half of what readers write), the share of right answers made monotone. A test holds them against the messages
that no phrase was written for.
"""

from bisect import bisect_right

from understanding.splitting import Part

TITLE = 0.966
"""A message that no phrase fits, and that is so taken for a title."""
KNOTS = ((0.5, 0.477), (0.55, 0.477), (0.6, 0.949), (0.85, 0.949), (0.9, 0.953), (0.95, 0.988), (1.0, 0.988))
"""(score, share of right answers) where a phrase fitted; straight lines between."""


def confidence(part: Part, score: float) -> float:
    """0..1: how often an opinion like this one is right."""
    return TITLE if part.opinion.pattern is None else calibrated(score)


def calibrated(score: float) -> float:
    """The share of right answers at a score of the judge."""
    if score <= KNOTS[0][0]:
        return KNOTS[0][1]
    if score >= KNOTS[-1][0]:
        return KNOTS[-1][1]
    at = bisect_right(KNOTS, (score, 1.0))
    (left, low), (right, high) = KNOTS[at - 1], KNOTS[at]
    return round(low + (high - low) * (score - left) / (right - left), 3)
