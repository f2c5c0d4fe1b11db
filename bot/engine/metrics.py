"""Figures for Prometheus, in a registry of our own.

What happens with every message is only tallied, and told to the registry when somebody asks for the page: the
library's own counters, made for many threads, cost more than some of what they count.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from bot.messages import Lane
from bot.ports.log import QueueFigures

TURN_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

KINDS_ASIDE = 200


class TurnSeconds(Collector):
    """How long turns take, as a histogram."""

    def __init__(self) -> None:
        self._counts = [0] * (len(TURN_BUCKETS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """One turn took so long."""
        self._counts[bisect_left(TURN_BUCKETS, seconds)] += 1
        self._sum += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """The figures as Prometheus wants them: each bucket holds all that took no longer."""
        bounds = [*(str(float(bound)) for bound in TURN_BUCKETS), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(
            "bibliobot_turn_seconds", "From the claim to the kept answer", buckets=buckets, sum_value=self._sum
        )


class Metrics:
    """Everything that is counted; no label ever holds a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Counter(
            "bibliobot_turns", "Turns by intent and outcome", ["intent", "outcome"], registry=self.registry
        )
        self._turn_s = TurnSeconds()
        self.registry.register(self._turn_s)
        self._sends = Counter(
            "bibliobot_sends", "Sendings by channel and result", ["channel", "result"], registry=self.registry
        )
        self._webhooks = Counter(
            "bibliobot_webhooks", "Webhooks by channel and result", ["channel", "result"], registry=self.registry
        )
        self.lag = Gauge(
            "bibliobot_loop_lag_seconds", "How late the event loop was at the last look", registry=self.registry
        )
        self._messages = {
            name: Gauge(f"bibliobot_messages_{name}", text, registry=self.registry)
            for name, text in (
                ("received", "Inbound messages stored, by all processes since the store was made"),
                ("handled", "Inbound messages handled, by all processes since the store was made"),
                ("aside", "Inbound messages set aside, by all processes since the store was made"),
                ("waiting", "Unhandled inbound messages in the store: received - handled - aside, or some are lost"),
            )
        }
        self._oldest = Gauge(
            "bibliobot_oldest_waiting_seconds", "Age of the oldest unhandled message", registry=self.registry
        )
        self._queued = Gauge(
            "bibliobot_messages_queued", "Outbound messages not yet sent", ["lane"], registry=self.registry
        )
        self._store_up = Gauge(
            "bibliobot_store_up",
            "1 while the store answers and keeps what comes; where it does not answer its figures are old",
            registry=self.registry,
        )
        self._channel_up = Gauge(
            "bibliobot_channel_up", "1 while the messenger takes what we send", ["channel"], registry=self.registry
        )
        self._channel_hears = Gauge(
            "bibliobot_channel_hears", "1 while the messenger lets us ask", ["channel"], registry=self.registry
        )
        self._set_aside = Counter(
            "bibliobot_set_aside", "Items that were not understood", ["channel", "kind"], registry=self.registry
        )
        self._kinds_aside: set[tuple[str, str]] = set()
        self._courtesies = Counter(
            "bibliobot_courtesies", "Courtesy calls by result", ["channel", "result"], registry=self.registry
        )
        self._links = Counter(
            "bibliobot_link_attempts", "Attempts to link a card", ["proof", "outcome"], registry=self.registry
        )
        self._attacks = Counter(
            "bibliobot_link_attacks",
            "Times that linking was shut for a channel, so many attempts had failed: worth an alarm",
            ["channel"],
            registry=self.registry,
        )
        self._tally: defaultdict[tuple[Counter, tuple[str, ...]], int] = defaultdict(int)

    def turn(self, intent: str, outcome: str, seconds: float) -> None:
        """One turn is kept."""
        self._count(self._turns, intent, outcome)
        self._turn_s.observe(seconds)

    def _count(self, counter: Counter, *labels: str) -> None:
        """One more, to be told with the next page."""
        self._tally[counter, labels] += 1

    def sent(self, channel: str, result: str) -> None:
        """One sending ended: sent, retry, refused, dropped."""
        self._count(self._sends, channel, result)

    def channel(self, channel: str, *, up: bool, hears: bool = False) -> None:
        """A messenger was lost, or is back: for what we send, or for what we ask."""
        (self._channel_hears if hears else self._channel_up).labels(channel=channel).set(up)

    def set_aside(self, channel: str, kind: str) -> None:
        """An item was not understood; of a channel so many kinds are told apart, the rest is one."""
        if (channel, kind) not in self._kinds_aside:
            if len(self._kinds_aside) >= KINDS_ASIDE:
                kind = "other"
            self._kinds_aside.add((channel, kind))
        self._count(self._set_aside, channel, kind)

    def courtesy(self, channel: str, result: str) -> None:
        """One courtesy call: done, failed, dropped."""
        self._count(self._courtesies, channel, result)

    def link(self, proof: str, outcome: str) -> None:
        """An attempt to link a card ended: linked, already, wrong, locked."""
        self._count(self._links, proof, outcome)

    def attack(self, channel: str) -> None:
        """Linking is shut for a channel for a while."""
        self._count(self._attacks, channel)

    def webhook(self, channel: str, result: str) -> None:
        """One webhook was answered: stored, refused, bad, too_large, unavailable."""
        self._count(self._webhooks, channel, result)

    def page(self, figures: QueueFigures | None, *, refuses: bool = False) -> bytes:
        """The text for Prometheus; without figures (store away) the last known are repeated.

        Args:
            figures: The store's, None where it does not answer.
            refuses: Whether it keeps nothing just now.
        """
        tally, self._tally = self._tally, defaultdict(int)
        for (counter, labels), count in tally.items():
            counter.labels(*labels).inc(count)
        self._store_up.set(figures is not None and not refuses)
        if figures is not None:
            for name, gauge in self._messages.items():
                gauge.set(getattr(figures, name))
            self._oldest.set(figures.oldest_waiting.total_seconds() if figures.oldest_waiting else 0)
            for lane in Lane:
                self._queued.labels(lane=lane.name.lower()).set(figures.queued.get(lane, 0))
        return generate_latest(self.registry)
