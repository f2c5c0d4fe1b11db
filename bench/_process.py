"""What a process takes, with those that it has started: the service on SQLite has one that writes to the store."""

from typing import NamedTuple

import psutil


class Memory(NamedTuple):
    """MB: all that is in memory, pages of libraries that other programs share included; and what is its own.

    What the processes share with one another is counted once.
    """

    rss: float
    private: float


def cpu_s(pid: int | None = None) -> float:
    """Seconds of CPU so far; of this process unless another one is named."""
    return sum(times.user + times.system for times in (one.cpu_times() for one in _family(pid)))


def memory(pid: int) -> Memory:
    """What they take together."""
    first, *others = [one.memory_full_info() for one in _family(pid)]
    beside = sum(info.uss for info in others)
    return Memory((first.rss + beside) / 1e6, (first.uss + beside) / 1e6)


def _family(pid: int | None) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
