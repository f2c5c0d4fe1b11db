"""What the model of intents learns from, and what it looks at."""

from tests.understanding import messages
from tools import train_intents
from tools.train_intents import Example
from understanding.features import Features
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.tokens import Reader

SAID = [Example(f"где лежит книга номер {number}", "location", 6.0) for number in range(60)]
SIGNS = " .!?()"
ONE_MORE = Example("во сколько вы открываетесь", "hours", 6.0)


def features(text: str) -> set[str]:
    """What the model sees of a whole message."""
    message = Reader(phrases()).read(text)
    return set(Features(phrases()).of(message, stretch(message)))


def test_an_example_more_leaves_the_stories_around_the_others_as_they_were() -> None:
    before, after = list(train_intents.stories(SAID)), list(train_intents.stories([ONE_MORE, *SAID]))

    assert len(SAID) / 5 < len(before) < len(SAID) / 2
    assert [story for story in after if story.intent == "location"] == before
    assert len({story.text.count(". ") for story in before}) > 1


def test_an_example_more_leaves_the_others_in_their_batches() -> None:
    before, after = train_intents.batches(SAID), train_intents.batches([ONE_MORE, *SAID])

    assert list(after[1:]) == list(before)
    assert len(set(before)) == train_intents.BATCHES


def test_a_line_stands_for_the_same_texts_wherever_it_stands() -> None:
    line = "(можно|нельзя ли|хочу) (продлить|оставить) (книгу|роман|учебник|том)"

    assert list(train_intents.expanded(line)) == list(train_intents.expanded(line))
    assert len(set(train_intents.expanded(line))) > 4


def test_no_message_of_readers_kept_apart_is_learned_from() -> None:
    learned = {row["text"].lower().strip(SIGNS) for row in train_intents.rows()}
    held = messages.read(messages.PEOPLE_HELD, messages.MANNERS_HELD, messages.TRADES_HELD, messages.FACES_HELD)

    assert not {message.text.lower().strip(SIGNS) for message in held} & learned


def test_how_a_message_is_written_is_seen_beside_its_words() -> None:
    bare = features("мне бы тихий дон")

    for written in (
        "Мне бы тихий дон",
        "мне бы Тихий Дон",
        "мне бы «тихий дон»",
        "мне бы тихий дон.",
        "мне бы, тихий дон",
    ):
        seen = features(written)
        assert seen > bare - {"#4 0"}, written
        assert seen - bare, written
    assert features("МНЕ БЫ ТИХИЙ ДОН") - features("Мне Бы Тихий Дон") == {"!AA", "#4 128"}


def test_a_sentence_is_read_by_its_own_signs() -> None:
    """The full stop, the capital and the quotation of another sentence are not its own."""
    message = Reader(phrases()).read("Здравствуйте. где вы находитесь? Ищу «Муму».")
    words = stretch(message)

    seen = set(Features(phrases()).of(message, words.part(1, 4)))

    assert {"?"} == seen & {"?", "!.", "!Aa", "!aA", "!«"}
