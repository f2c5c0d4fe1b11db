"""The newest stay, whatever is set and read."""

from bot.newest import Newest


def test_the_oldest_goes_and_who_is_set_again_is_the_newest() -> None:
    memory: Newest[str, int] = Newest(2)
    memory["a"], memory["b"] = 1, 2
    memory["a"] = 3
    memory["c"] = 4

    assert memory == {"a": 3, "c": 4}
    assert list(memory) == ["a", "c"]
