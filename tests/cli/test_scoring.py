"""What counts as a right answer, the scores of many, files of questions, and the floor that ``make check`` keeps."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli import evaluation, scoring
from bot.cli.scoring import Answer, Line, Score, by_confidence, fits
from bot.errors import InputError
from bot.library.model import Edition, Kind, WorkCard
from bot.ports.catalogue import Catalogue, Found, Suggested, Taste, Verdict, Wanted
from bot.ports.understanding import Request
from tools.floor import Floor, faults, raised
from understanding.understander import PhraseUnderstanding


def work(author: str, title: str, *editions: tuple[str, str]) -> WorkCard:
    return WorkCard(
        work_id=1,
        title=title,
        author=author,
        kind=Kind.BOOK,
        available=1,
        total=1,
        items_unknown=False,
        holdings=(),
        editions=tuple(
            Edition(
                record_id=number,
                title=title,
                author=author,
                year=None,
                publisher="",
                isbns=(),
                kind=Kind.BOOK,
                available=1,
                total=1,
                items_unknown=False,
            )
            for number, (author, title) in enumerate(editions, start=1)
        ),
    )


IDIOT, DEMONS, GULL = work("Федор Достоевский", "Идиот"), work("Достоевский Ф. М.", "Бесы"), work("Чехов А.", "Чайка")


def found(*works: WorkCard, verdict: Verdict = Verdict.FOUND) -> Found:
    return Found(verdict=verdict, works=works, scores=(0.9,) * len(works))


NOTHING = Found(verdict=Verdict.NOTHING)


def answer(
    *books: Found,
    expected: list[str] | None = None,
    groups: list[list[str]] | None = None,
    intent: str = "search",
    understood: str = "search",
    ok: Sequence[str] = ("search", "availability"),
) -> Answer:
    line = Line(
        id="q", text="…", intent=intent, intent_ok=list(ok), expected=expected, expected_groups=groups or [], tags=["t"]
    )
    return Answer(line=line, requests=(Request(intent=understood, confidence=0.9),), books=books)


class Shelf:
    """A catalogue that knows a few titles by heart."""

    def __init__(self, **known: Found) -> None:
        self.known, self.asked = known, list[str]()

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        del limit
        self.asked.append(wanted.text)
        return self.known.get(wanted.text, NOTHING)

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        del taste, limit
        return Suggested()

    async def card(self, work_id: int) -> WorkCard | None:
        del work_id
        return None


# --- what counts as a hit --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "card", "right"),
    [
        ("Федор Достоевский|Идиот", IDIOT, True),
        ("Достоевский Ф. М.|ИДИОТ!", IDIOT, True),
        ("Федор Достоевский|Бесы", IDIOT, False),
        ("Лев Толстой|Идиот", IDIOT, False),
        ("|Идиот", IDIOT, True),
        ("Ершов П. П.|Конёк-Горбунок", work("Петр Ершов", "Конек-горбунок"), True),
        ("Николай Гоголь|Мертвые души", work("Гоголь Н. В.", "Мёртвые души : поэма"), True),
        ("Dan Brown|The Da Vinci Code (Robert Langdon, #2)", work("Dan Brown", "The Da Vinci Code"), True),
        ("Виктор Гюго|Отверженные. Том 1", work("Гюго Виктор", "Отверженные. Том 2"), False),
        ("Кинг С.|Оно", work("Кинг С.", "It", ("Кинг Стивен", "Оно")), True),
        ("Пелевин|*", work("Виктор Пелевин", "Омон Ра"), True),
        ("Пелевин|*", work("Людмила Улицкая", "Медея и её дети"), False),
    ],
)  # fmt: skip
def test_a_work_fits_in_the_spelling_of_any_of_its_editions(row: str, card: WorkCard, right: bool) -> None:
    assert fits(row, card) is right


def test_the_first_book_shown_and_the_first_five_are_told_apart() -> None:
    second = answer(found(DEMONS, IDIOT, verdict=Verdict.CHOICE), expected=["Федор Достоевский|Идиот"])

    assert not second.hit(1)
    assert second.hit(5)


def test_the_sixth_book_shown_counts_no_more() -> None:
    last = answer(found(*[DEMONS] * 5, IDIOT, verdict=Verdict.CHOICE), expected=["Федор Достоевский|Идиот"])

    assert not last.hit(5)


def test_a_near_miss_shown_as_a_question_is_not_found() -> None:
    near = answer(found(IDIOT, verdict=Verdict.NEAR), expected=["Федор Достоевский|Идиот"])

    assert not near.hit(5)
    assert near.wrong_not_found


def test_every_book_of_several_must_be_hit() -> None:
    groups = [["Федор Достоевский|Идиот"], ["Чехов А.|Чайка"]]

    assert answer(found(IDIOT), found(GULL), groups=groups).hit(1)
    assert answer(found(IDIOT, GULL, verdict=Verdict.CHOICE), groups=groups).hit(1)
    assert not answer(found(IDIOT), found(DEMONS), groups=groups).hit(5)
    assert not answer(found(IDIOT), groups=groups).hit(5)


def test_a_sure_answer_with_another_book_is_a_wrong_yes() -> None:
    assert answer(found(DEMONS, IDIOT), expected=["Федор Достоевский|Идиот"]).wrong_found
    assert not answer(found(DEMONS, IDIOT, verdict=Verdict.CHOICE), expected=["Федор Достоевский|Идиот"]).wrong_found
    assert answer(found(DEMONS, verdict=Verdict.CHOICE), expected=["Федор Достоевский|Идиот"]).wrong_found


def test_a_book_that_is_not_there_must_not_be_found() -> None:
    assert answer(found(IDIOT), expected=[]).wrong_found
    assert not answer(found(IDIOT, verdict=Verdict.NEAR), expected=[]).wrong_found
    assert not answer(NOTHING, expected=[]).wrong_found


def test_a_question_for_no_book_says_nothing_about_finding() -> None:
    hours = answer(intent="hours", understood="hours", ok=["hours"])

    assert Score.of([hours]) == Score(
        n=1,
        intent_accuracy=1.0,
        recall_at_1=None,
        recall_at_5=None,
        absent_correct=None,
        wrong_found=None,
        wrong_not_found=None,
    )


def test_the_score_counts_each_kind_of_question_for_itself() -> None:
    score = Score.of(
        [
            answer(found(IDIOT), expected=["Федор Достоевский|Идиот"]),
            answer(found(DEMONS, IDIOT), expected=["Федор Достоевский|Идиот"]),
            answer(NOTHING, expected=["Федор Достоевский|Идиот"], understood="hours"),
            answer(NOTHING, expected=[]),
            answer(found(GULL), expected=[]),
        ]
    )

    assert score == Score(
        n=5,
        intent_accuracy=0.8,
        recall_at_1=0.3333,
        recall_at_5=0.6667,
        absent_correct=0.5,
        wrong_found=0.4,
        wrong_not_found=0.3333,
    )


def test_what_went_wrong_is_said() -> None:
    wrong = answer(found(DEMONS), expected=["Федор Достоевский|Идиот"], understood="hold")

    assert wrong.wrong == ("understood as hold, right: search, availability", "another book")
    assert answer(found(GULL), expected=[]).wrong == ("found, but there is no such book",)
    assert answer(NOTHING, expected=["Чехов А.|Чайка"]).wrong == ("not found, but it is there",)
    assert answer(found(DEMONS, IDIOT), expected=["Федор Достоевский|Идиот"]).wrong == ("not the first",)
    assert answer(found(IDIOT), expected=["Федор Достоевский|Идиот"]).wrong == ()


def test_programs_get_the_agreed_keys_and_no_other() -> None:
    figures = scoring.as_json([answer(found(IDIOT), expected=["Федор Достоевский|Идиот"])])

    each = {"n", "intent_accuracy", "recall_at_1", "recall_at_5", "absent_correct", "wrong_found"}
    assert set(figures) == each | {"by_intent", "by_tag"}
    assert set(figures["by_intent"]["search"]) == each
    assert figures["by_tag"]["t"]["recall_at_1"] == 1.0


async def test_a_question_goes_the_way_of_a_reader_s_message() -> None:
    shelf = Shelf(идиот=found(IDIOT))
    line = Line(
        id="1", text="есть ли у вас идиот?", intent="search", intent_ok=["search"], expected=["Достоевский|Идиот"]
    )
    catalogue: Catalogue = shelf

    told = await evaluation.answer(catalogue, PhraseUnderstanding(), line)

    assert shelf.asked[0] == "идиот"
    assert told.hit(1)


async def test_a_question_about_no_book_is_not_looked_up() -> None:
    shelf = Shelf()

    await evaluation.answer(
        shelf, PhraseUnderstanding(), Line(id="1", text="чайка", intent="search", intent_ok=["search"])
    )

    assert shelf.asked == []


# --- files -----------------------------------------------------------------------------------------

GOOD = {"id": "1", "text": "идиот", "intent": "search", "intent_ok": ["search"], "expected": ["Достоевский|Идиот"]}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("не json", "line 2: JSON is malformed"),
        ("[]", "line 2: Expected `object`"),
        (json.dumps(GOOD | {"intent_ok": "search"}), "line 2: Expected `array`"),
        (json.dumps({key: value for key, value in GOOD.items() if key != "text"}), "missing required field `text`"),
        (json.dumps(GOOD | {"intent_ok": []}), "`intent_ok` names no intent"),
        (json.dumps(GOOD | {"expected": ["Идиот"]}), "author|title"),
    ],
)
def test_a_line_that_is_no_question_is_named_with_what_was_expected(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(GOOD) + "\n" + line + "\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"questions\.jsonl, line 2") as error:
        scoring.read(file)

    assert told in str(error.value)
    assert "intent_ok" in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"one JSON object a line"):
        scoring.read(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl: cannot be read"):
        scoring.read(tmp_path / "nowhere.jsonl")


def test_a_mark_at_the_beginning_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n")

    assert [line.text for line in scoring.read(file)] == ["идиот"]


# --- the floor of ``make check`` -------------------------------------------------------------------


def test_what_falls_below_the_floor_is_named() -> None:
    wrong = answer(found(DEMONS), expected=["Федор Достоевский|Идиот"], understood="hold")
    floor: Floor = {
        "dev.jsonl": {
            "all": {"recall_at_1": 0.5, "wrong_found": 0.02, "absent_correct": 0.9},
            "each intent": {"intent_accuracy": 0.9},
            "tag t": {"recall_at_1": 0.0},
            "tag none": {"recall_at_1": 0.5},
        }
    }

    assert faults(floor, {"dev.jsonl": [wrong]}) == [
        "dev.jsonl: all: recall_at_1 is 0.0000, the floor is 0.5000",
        "dev.jsonl: all: wrong_found is 1.0000, the floor is 0.0200",
        "dev.jsonl: intent search: intent_accuracy is 0.0000, the floor is 0.9000",
        "dev.jsonl: no question for 'tag none'",
    ]


def test_a_floor_is_raised_to_one_question_below_what_is_reached_and_never_lowered() -> None:
    right = [answer(found(IDIOT), expected=["Федор Достоевский|Идиот"]) for _ in range(20)]
    floor: Floor = {"dev.jsonl": {"all": {"recall_at_1": 0.5, "recall_at_5": 0.99, "wrong_found": 0.2}}}

    assert raised(floor, {"dev.jsonl": right}) == {
        "dev.jsonl": {"all": {"recall_at_1": 0.95, "recall_at_5": 0.99, "wrong_found": 0.05}}
    }


# --- slots -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "ours", "rest", "right"),
    [
        ("работаете в субботу?", {"date": "суббота"}, {"date": "в субботу"}, "", {"date": True}),
        ("работаете в субботу?", {"date": "суббота"}, {}, "", {"date": False}),
        ("бедная лиза", {"author": "Карамзин", "title": "Бедная Лиза"}, {}, "бедная лиза", {"title": True}),
        ("том второй", {"volume": 2}, {"volume": "второй"}, "", {"volume": True}),
        ("ISBN 978-5-17-097833-5", {"isbn": "9785170978335"}, {"isbn": "978-5-17-097833-5"}, "", {"isbn": True}),
        ("про динозавров и поезда", {"subject": ["динозавры", "поезда"]}, {"subject": "поезда"}, "", {"subject": True}),
        ("книга ребёнку 6 лет", {"age": "6"}, {"age": "16"}, "", {"age": False}),
    ],
)  # fmt: skip
def test_a_slot_is_right_when_it_says_the_same(
    text: str, wanted: dict[str, object], ours: dict[str, str], rest: str, right: dict[str, bool]
) -> None:
    line = Line(id="q", text=text, intent="search", intent_ok=["search"], slots=wanted)
    given = Answer(line=line, requests=(Request(intent="search", confidence=0.9, slots=ours, rest=rest),))

    assert given.slots_right == right
    assert Score.of([given]).slots_accuracy == float(all(right.values()))


def test_what_a_confidence_was_worth_is_told_by_tenths() -> None:
    line = Line(id="q", text="дом", intent="search", intent_ok=["search"])
    said = [("search", 0.92), ("hours", 0.98), ("search", 1.0), ("search", 0.31)]
    answers = [Answer(line=line, requests=(Request(intent=name, confidence=sure),)) for name, sure in said]

    steps = by_confidence(answers)

    assert list(steps) == ["0.3-0.4", "0.9-1.0"]
    assert steps["0.9-1.0"].n == 3
    assert steps["0.9-1.0"].right == pytest.approx(2 / 3)
    assert steps["0.9-1.0"].claimed == pytest.approx(2.9 / 3)
