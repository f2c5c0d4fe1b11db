"""Which puts share a commit."""

import asyncio
from collections.abc import Sequence

from db.group_commit import GroupCommit


async def test_what_is_ready_to_be_kept_shares_the_next_commit_with_what_came_during_the_last() -> None:
    """Readers answer a commit, one through a task of its own: the commit after it waits for them, and no longer."""
    batches: list[list[str]] = []
    late: list[asyncio.Future[object]] = []

    async def flush(items: Sequence[str]) -> Sequence[object]:
        batches.append(sorted(items))
        if not late:
            late.append(asyncio.ensure_future(commits.put("came meanwhile")))
            await asyncio.sleep(0)
        return [None] * len(items)

    commits = GroupCommit[str](flush)

    async def reader(name: str) -> None:
        await commits.put(f"{name} asks")
        await asyncio.create_task(_put(commits, f"{name} is answered"))

    await asyncio.gather(reader("anna"), reader("ivan"))
    await late[0]
    await commits.aclose()
    assert batches == [["anna asks", "ivan asks"], ["anna is answered", "came meanwhile", "ivan is answered"]]


async def _put(commits: GroupCommit[str], item: str) -> None:
    await commits.put(item)
