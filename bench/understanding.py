"""Understanding: messages a second against the least that any understanding does: folding and stemming every word.

``python -m bench understanding [MESSAGES.jsonl …]``. Warm: words are remembered, messages never are;
time of the processor, since others share the machine.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, thread_time

from bench._load import core
from bot.language.folding import words
from bot.language.morphology import stem, warm
from understanding.understander import PhraseUnderstanding

TESTS = Path(__file__).parent.parent / "tests"
FILES = (TESTS / "data" / "queries" / "queries_ru_dev.jsonl", TESTS / "understanding" / "messages_held_out.jsonl")
ROUNDS = 7
TARGET_MS = 0.15


def main(arguments: Sequence[str]) -> None:
    core(1)
    warm()
    for file in [Path(name) for name in arguments] or FILES:
        _measure(file)


def _measure(file: Path) -> None:
    texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    begin = perf_counter()
    understanding = PhraseUnderstanding()
    compiled_ms = (perf_counter() - begin) * 1e3
    begin = perf_counter()
    for text in texts:
        understanding.understand(text)
    cold_ms = (perf_counter() - begin) / len(texts) * 1e3
    ours, least = [], []
    for _ in range(ROUNDS):  # turn about, so that both have the same neighbours on the machine
        ours.append(_ms(understanding.understand, texts))
        least.append(_ms(_stemmed, texts))
    warm_ms, least_ms = min(ours), min(least)
    print(f"{file.name}: {len(texts)} messages, {sum(map(len, texts)) / len(texts):.0f} characters each")
    print(f"  phrases compiled in {compiled_ms:.0f} ms; first time {cold_ms:.2f} ms a message")
    print(f"  warm {warm_ms:.3f} ms a message, {1e3 / warm_ms:,.0f} a second (target {TARGET_MS} ms)")
    print(f"  folding and stemming alone {least_ms:.3f} ms: ours is {warm_ms / least_ms:.1f} times that")


def _ms(work: Callable[[str], object], texts: Sequence[str]) -> float:
    begin = thread_time()
    for text in texts:
        work(text)
    return (thread_time() - begin) / len(texts) * 1e3


def _stemmed(text: str) -> list[str]:
    return [stem.__wrapped__(word) for word in words(text)]
