"""Which puts share a commit."""

import asyncio
from collections.abc import Sequence

from db.group_commit import GroupCommit


async def test_a_commit_begins_with_what_came_during_the_last_one() -> None:
    batches: list[list[str]] = []
    first = asyncio.Event()

    async def flush(items: Sequence[str]) -> Sequence[object]:
        batches.append(sorted(items))
        await first.wait()
        return [None] * len(items)

    commits = GroupCommit[str](flush)
    asked = [asyncio.ensure_future(commits.put(name)) for name in ("anna", "ivan")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asked += [asyncio.ensure_future(commits.put(name)) for name in ("boris", "vera")]
    await asyncio.sleep(0)
    first.set()
    await asyncio.gather(*asked)
    await commits.aclose()
    assert batches == [["anna", "ivan"], ["boris", "vera"]]


async def test_nobody_is_waited_for_unless_it_is_said_so() -> None:
    """Whoever writes elsewhere would be idle meanwhile."""
    begun = False

    async def flush(items: Sequence[str]) -> Sequence[object]:
        nonlocal begun
        begun = True
        return [None] * len(items)

    commits = GroupCommit[str](flush)
    first = asyncio.ensure_future(commits.put("anna"))
    await asyncio.sleep(0)  # it is put
    await asyncio.sleep(0)  # the pump sees it
    assert begun
    await first
    await commits.aclose()


async def test_where_it_is_said_what_is_ready_shares_the_next_commit_with_what_came_during_the_last() -> None:
    """Readers answer a commit, one through a task of its own: the commit after it waits for them, and no longer."""
    batches: list[list[str]] = []
    late: list[asyncio.Future[object]] = []

    async def flush(items: Sequence[str]) -> Sequence[object]:
        batches.append(sorted(items))
        if not late:
            late.append(asyncio.ensure_future(commits.put("came meanwhile")))
            await asyncio.sleep(0)
        return [None] * len(items)

    commits = GroupCommit[str](flush, passes=2)

    async def reader(name: str) -> None:
        await commits.put(f"{name} asks")
        await asyncio.create_task(_put(commits, f"{name} is answered"))

    await asyncio.gather(reader("anna"), reader("ivan"))
    await late[0]
    await commits.aclose()
    assert batches == [["anna asks", "ivan asks"], ["anna is answered", "came meanwhile", "ivan is answered"]]


async def _put(commits: GroupCommit[str], item: str) -> None:
    await commits.put(item)


async def test_where_more_keep_coming_they_are_waited_for_as_long_as_was_said_and_no_longer() -> None:
    batches: list[int] = []

    async def flush(items: Sequence[str]) -> Sequence[object]:
        batches.append(len(items))
        return [None] * len(items)

    async def one_a_pass(commits: GroupCommit[str], count: int) -> None:
        puts = []
        for number in range(count):
            puts.append(asyncio.ensure_future(commits.put(str(number))))
            await asyncio.sleep(0)
        await asyncio.gather(*puts)
        await commits.aclose()

    for passes, count in ((8, 6), (8, 12), (2, 6)):
        batches.clear()
        await one_a_pass(GroupCommit[str](flush, passes=passes), count)
        assert sum(batches) == count
        assert len(batches) == {(8, 6): 1, (8, 12): 2, (2, 6): 2}[passes, count], batches


async def test_who_comes_alone_waits_for_nobody() -> None:
    async def flush(items: Sequence[str]) -> Sequence[object]:
        return [None] * len(items)

    commits, passes = GroupCommit[str](flush, passes=1_000), 0
    alone = asyncio.ensure_future(commits.put("alone"))
    while not alone.done():
        await asyncio.sleep(0)
        passes += 1
    await commits.aclose()
    assert passes < 10
