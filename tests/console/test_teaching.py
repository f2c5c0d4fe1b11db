"""What to teach: from a question asked in vain to the answer that the next reader hears."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from bot.ports.library import FaqEntry
from bot.staff import StaffRole
from db.connect import Database
from db.faq import SqlFaq
from db.faq_desk import SqlAnswerBook
from db.models import FaqRow, MissRow
from db.synonyms import SqlSynonyms
from tests.console.conftest import Browser, OpenBrowser
from tests.console.test_desk_screens import audited
from tests.support.clock import StandingClock
from tests.support.lessons import School, school
from tests.support.reader import Reader
from tests.support.staff import hire

SCRIPT = "<script>alert(1)</script>"
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def bot(sqlite: Database, clock: StandingClock) -> School:
    """The running bot, as another process of the same library has it."""
    return school(sqlite, clock)


@pytest.fixture
def reader(bot: School, clock: StandingClock) -> Reader:
    return Reader(bot.library, clock, understanding=bot.understanding)


@pytest.fixture
async def editor(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    await hire(sqlite, clock, role=StaffRole.EDITOR)
    browser = await open_browser()
    await browser.signs_in()
    return browser


@pytest.fixture
async def librarian(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    await hire(sqlite, clock, "olya", "Ольга")
    browser = await open_browser()
    await browser.signs_in("olya")
    return browser


async def missed(
    database: Database, clock: StandingClock, text: str, times: int = 3, lack: str = "not_found", alike: str = ""
) -> int:
    row = {"key": f"{text}{lack}"[:64], "alike": alike or text[:64], "text": text, "lack": lack, "intent": "search"}
    seen = {"language": "ru", "kind": "vk", "times": times, "first_at": clock.now(), "last_at": clock.now()}
    async with database.writer.begin() as connection:
        found = await connection.scalar(insert(MissRow).values(row | seen).returning(MissRow.id))
    assert found is not None
    return int(found)


async def page_of(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, path
    return await answer.text()


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


# --- missed questions ----------------------------------------------------------------------------


async def test_missed_questions_are_listed_and_words_stay_words(
    editor: Browser, sqlite: Database, clock: StandingClock
) -> None:
    await missed(sqlite, clock, SCRIPT, 9)
    await missed(sqlite, clock, "можно с собакой", 12, alike="dogs")
    await missed(sqlite, clock, "с собакой пустите", 2, alike="dogs")
    await missed(sqlite, clock, "абырвалг", 1, "not_understood")

    page = await page_of(editor, "teach")

    assert SCRIPT not in page
    assert page.index("можно с собакой") < page.index("&lt;script&gt;") < page.index("абырвалг")
    assert "спросили 14 раз" in page
    assert "с собакой пустите" in page
    assert "ВКонтакте" in page
    assert "книга не нашлась" in page
    only = await page_of(editor, "teach?lack=not_understood")
    assert ("абырвалг" in only, "собакой" in only) == (True, False)
    assert "абырвалг" not in await page_of(editor, "teach?words=собак")
    assert "Таких вопросов нет" in await page_of(editor, "teach?words=слон&lack=junk&page=xx")


async def test_pages_lead_on_and_back(editor: Browser, sqlite: Database, clock: StandingClock) -> None:
    for number in range(25):
        await missed(sqlite, clock, f"вопрос {number:02d} такой", 100 - number)

    first = await page_of(editor, "teach")
    assert "страница 1 из 2" in first
    second = await page_of(editor, "teach?page=1")
    assert ("вопрос 24" in first, "вопрос 24" in second, "вопрос 00" in second) == (False, True, False)


async def test_what_is_not_needed_goes_and_comes_back(editor: Browser, sqlite: Database, clock: StandingClock) -> None:
    one = await missed(sqlite, clock, "какой сегодня день")

    gone = await editor.post(f"teach/{one}/forget", {"words": "день"})
    assert gone.headers["Location"] == f"/console/teach?words=%D0%B4%D0%B5%D0%BD%D1%8C&gone={one}"
    assert "какой сегодня день" not in await page_of(editor, f"teach?gone={one}")
    assert (await editor.post(f"teach/{one}/forget", {})).status == 404
    await editor.post(f"teach/{one}/recall", {})
    assert "какой сегодня день" in await page_of(editor, "teach")
    assert (await editor.post(f"teach/{one}/recall", {})).status == 404
    assert [line for line in await audited(sqlite) if "miss" in line] == [
        f"staff:masha miss.forgotten miss:{one}",
        f"staff:masha miss.recalled miss:{one}",
    ]


# --- answers -------------------------------------------------------------------------------------


async def test_from_a_missed_question_to_the_answer_that_the_next_reader_hears(
    editor: Browser, sqlite: Database, clock: StandingClock, reader: Reader
) -> None:
    await reader.says("можно ли к вам с собакой")
    reader.hears_nothing_of("С собаками можно")
    one = await missed(sqlite, clock, "можно ли к вам с собакой", 12)

    form = await page_of(editor, f"answers/new?miss={one}")
    assert "можно ли к вам с собакой</textarea>" in form
    fields = {name: field(form, name) for name in ("own", "miss", "version")}
    filled = {**fields, "questions": "можно ли к вам с собакой", "answer": "С собаками можно.", "language": "ru"}
    effects = await (await editor.post("answers/look", {**filled, "topic": ""}, **IN_PLACE)).text()
    assert "услышит этот ответ" in effects
    saved = await editor.post("answers", {**filled, "topic": ""})

    assert saved.status == 303
    assert saved.headers["Location"].startswith("/console/teach?taught=")
    assert "с собакой" not in await page_of(editor, "teach")
    clock.turn(timedelta(seconds=6))
    await reader.says("Здравствуйте, можно ли к вам с собакой?")
    reader.hears("С собаками можно.")
    again = await editor.post("answers", {**filled, "topic": ""})
    assert again.status == 303, "a second press keeps one answer"
    assert len(await SqlAnswerBook(sqlite, clock, SqlFaq(sqlite, clock)).all()) == 1


async def test_words_that_the_bot_takes_for_something_else_are_learned_by_heart(
    editor: Browser, sqlite: Database, clock: StandingClock, reader: Reader, bot: School
) -> None:
    strange = "до скольки вы работаете для собак"
    one = await missed(sqlite, clock, strange, 2, "no_answer")
    form = await page_of(editor, f"answers/new?miss={one}")
    filled = {"own": field(form, "own"), "miss": str(one), "questions": strange, "answer": "Собакам до шести."}

    effects = await (await editor.post("answers/look", filled, **IN_PLACE)).text()
    assert "запомнит их слово в слово" in effects
    await editor.post("answers", filled)

    clock.turn(timedelta(seconds=6))
    await bot.synonyms.refresh()
    await reader.says(strange)
    reader.hears("Собакам до шести.")


async def test_before_saving_she_sees_what_else_would_change(
    editor: Browser, sqlite: Database, clock: StandingClock
) -> None:
    await missed(sqlite, clock, "собаку можно?", 7)
    filled = {"own": "own.dogs.1", "questions": "можно с собакой", "answer": "С собаками можно."}

    effects = await (await editor.post("answers/look", filled, **IN_PLACE)).text()

    assert "Изменятся ответы и на другие вопросы: 1" in effects
    assert "собаку можно?" in effects
    assert "спрашивали читатели" in effects
    blank = await (await editor.post("answers/look", {**filled, "answer": ""}, **IN_PLACE)).text()
    assert "Напишите ответ: здесь появится" in blank, "nobody is blamed before they wrote anything"
    for wrong in ({"answer": ""}, {"questions": ""}, {"url": "javascript:alert(1)"}, {"topic": "нет такой"}):
        told = await (await editor.post("answers/look", {**filled, **wrong}, **IN_PLACE)).text()
        assert "Изменятся" not in told
        assert (await editor.post("answers", {**filled, **wrong})).status == 400, wrong


async def test_two_editors_at_once_lose_nothing(
    editor: Browser, sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await SqlFaq(sqlite, clock).put([FaqEntry(topic="join", language="ru", answer="Из файла")])
    await hire(sqlite, clock, "vera", "Вера", StaffRole.ADMIN)
    vera = await open_browser()
    await vera.signs_in("vera")
    mine, hers = await page_of(editor, "answers/1"), await page_of(vera, "answers/1")
    assert "из файла настроек" in mine
    assert (await vera.post("answers/1", {**_filled(hers), "answer": "От Веры"})).status == 303

    late = await editor.post("answers/1", {**_filled(mine), "answer": "От Маши"})

    page = await late.text()
    assert late.status == 409
    assert "Пока вы писали, ответ изменили" in page
    assert "Вера" in page
    assert "От Веры" in page
    assert ">От Маши</textarea>" in page
    assert (await editor.post("answers/1", {**_filled(page), "answer": "От Маши"})).status == 303
    history = await page_of(editor, "answers/1")
    for said in ("От Маши", "От Веры", "Из файла", "из файла настроек"):
        assert said in history


def _filled(page: str) -> dict[str, str]:
    return {"version": field(page, "version"), "enabled": "1", "questions": ""}


async def test_an_older_version_is_brought_back(editor: Browser, sqlite: Database, clock: StandingClock) -> None:
    faq = SqlFaq(sqlite, clock)
    await faq.put([FaqEntry(topic="join", language="ru", answer="Из файла")])
    await editor.post("answers/1", {"version": "1", "enabled": "1", "answer": "Новое"})
    page = await page_of(editor, "answers/1")

    back = await editor.post("answers/1/restore", {"version": "2", "revision": field(page, "revision")})

    assert back.status == 303
    clock.turn(timedelta(seconds=6))
    found = await faq.about("join", "ru")
    assert found is not None
    assert found.answer == "Из файла"
    stale = {"version": "2", "revision": field(page, "revision")}
    assert (await editor.post("answers/1/restore", stale)).status == 409
    assert (await editor.post("answers/1/restore", {**stale, "revision": "999"})).status == 404
    assert "staff:masha answer.restored answer:join" in await audited(sqlite)


async def test_an_answer_is_switched_off(editor: Browser, sqlite: Database, clock: StandingClock) -> None:
    await SqlFaq(sqlite, clock).put([FaqEntry(topic="join", language="ru", answer="Из файла")])

    await editor.post("answers/1", {"version": "1", "answer": "Из файла"})

    assert "выключен" in await page_of(editor, "answers")
    assert "Из файла" in await page_of(editor, "answers?state=off")
    assert "Из файла" not in await page_of(editor, "answers?state=on")
    assert "Из файла" not in await page_of(editor, "answers?words=нет")
    assert await SqlFaq(sqlite, clock).about("join", "ru") is None


async def test_a_topic_that_has_an_answer_leads_to_it(editor: Browser, sqlite: Database, clock: StandingClock) -> None:
    await SqlFaq(sqlite, clock).put([FaqEntry(topic="join", language="ru", answer="С паспортом", questions=("как?",))])
    one = await missed(sqlite, clock, "билет оформить")
    filled = {"own": "own.x.1", "topic": "join", "miss": str(one), "answer": "Приходите", "questions": "билет оформить"}

    refused = await editor.post("answers", filled)

    page = await refused.text()
    assert refused.status == 409
    assert ">Приходите</textarea>" in page
    assert f"answers/1?miss={one}" in page
    form = await page_of(editor, f"answers/1?miss={one}")
    assert "как?\nбилет оформить</textarea>" in form
    more = {"version": "1", "enabled": "1", "miss": str(one), "answer": "С паспортом"}
    done = await editor.post("answers/1", {**more, "questions": "как?\nбилет оформить"})
    assert done.headers["Location"] == "/console/teach?taught=1"
    assert "билет оформить" not in await page_of(editor, "teach")


# --- who may what --------------------------------------------------------------------------------


async def test_a_librarian_proposes_and_an_editor_decides(
    librarian: Browser, editor: Browser, sqlite: Database, clock: StandingClock
) -> None:
    one = await missed(sqlite, clock, "можно с собакой")
    faq = SqlFaq(sqlite, clock)
    filled = {"own": "own.dogs.1", "miss": str(one), "questions": "можно с собакой", "answer": "С собаками можно."}

    proposed = await librarian.post("answers", filled)

    assert proposed.headers["Location"] == "/console/answers?proposed=1"
    assert await faq.about("own.dogs.1", "ru") is None
    assert "ответ уже предложен" in await page_of(librarian, "teach")
    listed = await page_of(editor, "answers")
    assert "Ольга" in listed
    number = re.search(r"answers/proposals/(\d+)", listed)
    assert number is not None
    form = await page_of(editor, f"answers/proposals/{number[1]}")
    fields = {name: field(form, name) for name in ("own", "miss", "proposal")}
    await editor.post("answers", {**filled, **fields, "answer": "С собаками можно, на поводке."})
    assert "Предложения коллег" not in await page_of(editor, "answers")
    assert "можно с собакой" not in await page_of(editor, "teach")
    assert (await editor.get(f"answers/proposals/{number[1]}")).status == 404
    clock.turn(timedelta(seconds=6))
    found = await faq.about(fields["own"], "ru")
    assert found is not None
    assert found.answer == "С собаками можно, на поводке."


async def test_a_proposal_is_declined(librarian: Browser, editor: Browser, sqlite: Database) -> None:
    await librarian.post("answers", {"own": "own.x.1", "questions": "как", "answer": "Так"})
    number = re.search(r"answers/proposals/(\d+)", await page_of(editor, "answers"))
    assert number is not None

    await editor.post(f"answers/proposals/{number[1]}/decline", {})

    assert "Предложения коллег" not in await page_of(editor, "answers")
    assert any("proposal.declined" in line for line in await audited(sqlite))


@pytest.mark.parametrize("path", ["teach/1/forget", "teach/1/recall", "means", "synonyms/remove", "answers/1/restore"])
async def test_what_only_editors_may_is_refused(librarian: Browser, sqlite: Database, path: str) -> None:
    assert (await librarian.post(path, {})).status == 403
    assert f"staff:olya refused.role /console/{path}" in await audited(sqlite)


# --- readers' words ------------------------------------------------------------------------------


async def test_a_name_for_a_book_is_understood_from_then_on(
    editor: Browser, sqlite: Database, clock: StandingClock
) -> None:
    one = await missed(sqlite, clock, "есть гп")
    form = await page_of(editor, f"means?miss={one}")
    assert 'value="есть гп"' in form
    assert "Найдите в каталоге" in form
    meaning = {"kind": "title", "said": "гп", "meant": "Гарри Поттер", "miss": str(one)}

    assert "Читатель напишет «гп»" in await (await editor.post("means/look", meaning, **IN_PLACE)).text()
    saved = await editor.post("means", meaning)

    assert saved.headers["Location"] == "/console/teach?meant=1"
    assert "есть гп" not in await page_of(editor, "teach")
    synonyms = SqlSynonyms(sqlite, clock)
    await synonyms.refresh()
    rewritten = synonyms.book.rewritten("есть гп?")
    assert rewritten is not None
    assert rewritten.text == "есть Гарри Поттер"


async def test_a_phrase_means_an_answer_or_a_wish(
    editor: Browser, sqlite: Database, clock: StandingClock, reader: Reader, bot: School
) -> None:
    await bot.faq.put([FaqEntry(topic="rules.print", language="ru", answer="5 рублей лист.")], source="import")
    form = await page_of(editor, "means?kind=phrase&said=где+ксерануть")
    assert "Часы работы" in form
    assert "Печать, копии" in form

    await editor.post("means", {"kind": "phrase", "said": "где ксерануть", "meant": "rules.print"})

    await bot.synonyms.refresh()
    await reader.says("где ксерануть")
    reader.hears("5 рублей лист.")
    listed = await page_of(editor, "synonyms")
    assert "где ксерануть" in listed
    assert "Печать, копии" in listed


async def test_words_that_name_an_answer_themselves_are_listed_with_what_it_says(
    editor: Browser, bot: School, sqlite: Database, clock: StandingClock
) -> None:
    asked = "Можно с собакой?"
    await bot.faq.put(
        [FaqEntry(topic="own.dog.1", language="ru", answer="Нет, " + "но " * 40, questions=(asked,))], source="import"
    )
    await editor.post("means", {"kind": "phrase", "said": asked, "meant": "own.dog.1"})

    listed = await page_of(editor, "synonyms")
    assert f"<b>{asked}</b>" not in listed
    assert "<b>ответ «Нет, но но" in listed
    assert "но…»</b>" in listed
    assert asked in await page_of(editor, "synonyms?words=нет+но+но"), "found by what it says"


async def test_words_for_an_answer_that_is_off_or_gone_say_so_without_its_key(
    editor: Browser, bot: School, sqlite: Database
) -> None:
    topic = "own.dog.1"
    kept = FaqEntry(topic=topic, language="ru", answer="Нет.", questions=("Можно с собакой?",))
    await bot.faq.put([kept], source="import")
    await editor.post("means", {"kind": "phrase", "said": "а с псом", "meant": topic})
    async with sqlite.writing() as connection:
        await connection.execute(update(FaqRow).values(enabled=False))
    assert "<b>Можно с собакой? (выключен)</b>" in await page_of(editor, "synonyms")

    async with sqlite.writing() as connection:
        await connection.execute(delete(FaqRow))
    listed = await page_of(editor, "synonyms")
    assert "<b>такого ответа больше нет</b>" in listed
    assert f"<b>{topic}" not in listed


async def test_the_key_of_a_topic_is_nothing_for_librarians(editor: Browser, bot: School) -> None:
    await bot.faq.put([FaqEntry(topic="rules.print", language="ru", answer="5 рублей лист.")], source="import")

    page = await page_of(editor, "answers/1")
    assert "5 рублей лист." in page
    assert "rules.print" not in page


async def test_what_may_not_be_kept_is_told_and_nothing_typed_is_lost(editor: Browser) -> None:
    await editor.post("means", {"kind": "title", "said": "гп", "meant": "Гарри Поттер"})

    for wrong in (
        {"kind": "author", "said": "гп", "meant": "Роулинг"},
        {"kind": "phrase", "said": "слова", "meant": "нет такого"},
        {"kind": "title", "said": "слова", "meant": ""},
        {"kind": "junk", "said": "слова", "meant": "что-то"},
    ):
        refused = await editor.post("means", wrong)
        assert refused.status == 400
        assert f'value="{wrong["said"]}"' in await refused.text()


async def test_words_are_removed_and_brought_back(editor: Browser) -> None:
    meaning = {"kind": "title", "said": "гп", "meant": "Гарри Поттер"}
    await editor.post("means", meaning)

    removed = await (await editor.post("synonyms/remove", meaning)).text()
    assert "Удалено: «гп»" in removed
    assert "Гарри Поттер" not in await page_of(editor, "synonyms?words=поттер")
    assert (await editor.post("synonyms/remove", meaning)).status == 404
    await editor.post("means", meaning)
    assert "Гарри Поттер" in await page_of(editor, "synonyms?words=поттер")
