"""What is remembered of very objects: each is looked at once, none is taken for another, and no more than asked for."""

from datetime import UTC, datetime, timedelta

from bot.messages import Reply
from bot.sameness import OfThisMinute, of_the_same

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


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


class Made:
    """Counts what is made anew."""

    def __init__(self, most: int = 100) -> None:
        self.this_minute: OfThisMinute[int] = OfThisMinute(most)
        self.count = 0

    def __call__(self, *objects: object, at: datetime = NOW, beside: tuple[str, ...] = ()) -> int:
        return self.this_minute.of(at, objects, beside, self._make)

    def _make(self) -> int:
        self.count += 1
        return self.count


def test_of_the_same_objects_it_is_made_once_a_minute() -> None:
    made, reply = Made(), Reply(text="раз")

    assert [made(reply), made(reply, at=NOW + timedelta(seconds=44))] == [1, 1]
    assert made(reply, at=NOW + timedelta(seconds=45)) == 2
    assert made(reply, at=NOW) == 3


def test_it_hangs_on_each_object_and_on_what_stands_beside() -> None:
    made, one, two = Made(), Reply(text="раз"), Reply(text="раз")

    told = [made(one, one), made(one, two), made(two, one), made(one, one, beside=("en",)), made(one)]

    assert told == [1, 2, 3, 4, 5]
    assert made(one, one) == 1


def test_of_this_minute_no_object_is_taken_for_one_that_is_gone_either() -> None:
    made = Made(most=1_000)

    assert [made(Reply(text=str(number))) for number in range(500)] == list(range(1, 501))


def test_no_more_is_remembered_of_a_minute_than_was_said() -> None:
    made, replies = Made(most=2), [Reply(text=str(number)) for number in range(3)]

    assert [made(reply) for reply in (*replies, replies[2], replies[0])] == [1, 2, 3, 3, 4]
