"""What is remembered of very objects: each is looked at once, none is taken for another, and no more than asked for."""

from bot.messages import Reply
from bot.sameness import of_the_same


def words(reply: Reply) -> str:
    """What is made of it."""
    return reply.text


def test_an_object_is_looked_at_once_and_its_equal_once_more() -> None:
    asked: list[Reply] = []
    seen = of_the_same(asked.append)
    first, equal = Reply(text="раз"), Reply(text="раз")

    for reply in (first, first, equal):
        seen(reply)

    assert asked == [first, equal]


def test_no_object_is_taken_for_one_that_is_gone() -> None:
    remembered = of_the_same(words)

    assert [remembered(Reply(text=str(number))) for number in range(500)] == [str(number) for number in range(500)]


def test_no_more_are_remembered_than_asked_for() -> None:
    asked: list[str] = []
    seen = of_the_same(asked.append, most=2)
    one, two, three = "раз", "два", "три"

    for word in (one, two, one, three, three, one):
        seen(word)

    assert asked == [one, two, three, one]
