"""A book that was shown: everything about it that a button or a few more words ask for."""

import asyncio
import re
from collections.abc import Sequence
from itertools import takewhile

from bot.asking import SURE, look_up
from bot.language import tongues
from bot.language.folding import words
from bot.language.numbers import value_of
from bot.library.model import Branch, WorkCard
from bot.library.places import find_branches
from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Suggested, Taste, Wanted, Withheld
from bot.ports.library import Library
from bot.quick import replace
from bot.routing import Answer, Expects, Router, Turn, follows, not_followed, pressed
from bot.wording import books, quoted
from bot.wording import gettext as _
from handlers import find_button, for_adults, librarian_button, ways_out, yes_or_no
from handlers.search import alike, choosing, classes, forms, showing
from handlers.search.choosing import MOST_LISTED
from handlers.search.written_in import told_in

WHAT = "search.what"
"""The dialogue waits for a title."""
MORE = "search.more"
"""It waits for more about a book: nothing that was shown was the right one."""
_VOLUME = re.compile(
    r"(?i)[\s.,:(\[]*\b(?:том|т|часть|ч|книга|кн|выпуск|вып)\b\.?\s*(?:\d|[ivx]+\b).*$|\s*[.(\[]\s*в \d.*$"
)
"""What a title tells of the part that it is."""
_TELLING = 3
"""Letters: «и» at the end of what several titles begin with belongs to what differs."""
_LOOKED_AT, _SAME_BEGINNING = 40, 2
"""Works of a writer; words by which books of a series begin alike («Гарри Поттер …»)."""
_QUOTATION = '«»„“”"'
_OF_A_BUILDING = frozenset(("hours", "location", "contacts"))
"""Beside a library's name these ask about it, not whether a book is there."""
_OF_ONE = ("pages", "sequel", "due", "where", "copies", "editions", "author", "about", "reserve")
"""Questions on a book (``bot.engine.follow_ups``): of several, the one that is meant must be chosen first."""


def register(router: Router) -> None:
    """Let the search answer them."""
    router.on(pressed("work"), follows("where:work"))(show)
    router.on(pressed("branches"), follows("copies:work"))(everywhere)
    router.on(pressed("editions"), follows("editions:work"))(editions)
    router.on(pressed("about"), follows("about:work"))(about)
    router.on(pressed("choose"))(other_works)
    router.on(follows("due:work"))(when_back)
    router.on(follows("author:work"))(by_whom)
    router.on(follows("form:work"))(in_that_form)
    router.on(follows("pages:work"))(how_long)
    router.on(follows("sequel:work"))(what_goes_on)
    router.on(follows("form:works"))(which_of_them_in_that_form)
    router.on(follows("elsewhere:work"))(in_that_library)
    router.on(follows("others:work"))(others_by_author)
    router.on(pressed("alike"), follows("alike:work"))(something_alike)
    router.on(follows("alike:works"))(something_like_one_of_them)
    router.on(follows("grade:work", "grade:works"))(of_that_class)
    router.on(follows("number:work", "number:works"))(of_that_number)
    router.on(follows("volume:work", "volume:works"))(that_volume)
    router.on(follows(*(f"{question}:works" for question in _OF_ONE)))(which_of_them)
    router.on(follows("due:nothing", "author:nothing", "about:nothing", "pages:nothing"))(which_book)
    router.on(follows("elsewhere:works"))(which_of_them_there)
    router.on(follows("wrong:work", "wrong:works", "wrong:nothing", "more:work", "more:works"))(not_that)


def about_one(work: WorkCard) -> str:
    """How the dialogue remembers a book that was shown."""
    return f"work:{work.work_id}"


def about_several(works: Sequence[WorkCard]) -> str:
    """How it remembers books of which one is to be chosen."""
    return f"works:{','.join(str(work.work_id) for work in works[:MOST_LISTED])}"


def may_be_held(library: Library) -> bool:
    """Whether readers can wait for books here."""
    return library.accounts is not None and library.circulation is not None


async def show(turn: Turn, library: Library) -> Answer:
    """Where it is: a book out of a list, or «а где она?»."""
    work = await _work(turn, library)
    return work if isinstance(work, Answer) else _on(work, await _card(work, turn, library))


async def everywhere(turn: Turn, library: Library) -> Answer:
    """Every library that has the book."""
    work = await _work(turn, library)
    if isinstance(work, Answer):
        return work
    branches, holds = await library.branches.all(), may_be_held(library)
    return _on(work, showing.all_branches(work, branches, turn.now, library.holidays, holds=holds))


async def editions(turn: Turn, library: Library) -> Answer:
    """The book's editions, newest first."""
    work = await _work(turn, library)
    return work if isinstance(work, Answer) else _on(work, showing.editions(work))


async def about(turn: Turn, library: Library) -> Answer:
    """What the book is about, in the catalogue's words."""
    work = await _work(turn, library)
    return work if isinstance(work, Answer) else _on(work, showing.about(work))


async def when_back(turn: Turn, library: Library) -> Answer:
    """«А когда вернут?»: the card tells the date; a book that is in need not be waited for."""
    work = await _work(turn, library)
    if isinstance(work, Answer):
        return work
    before = _("Ждать не нужно, она на месте.") if work.available else ""
    if not work.available and not work.items_unknown and all(each.next_due is None for each in work.holdings):
        before = _("Когда её вернут, не знаю: срока в каталоге нет.")
    return _on(work, await _card(work, turn, library, before=before))


async def by_whom(turn: Turn, library: Library) -> Answer:
    """«А кто автор?»: the card says so as well, with where it is."""
    work = await _work(turn, library)
    if isinstance(work, Answer):
        return work
    before = _("Автор: {author}.").format(author=work.author) if work.author else _("Автор в каталоге не указан.")
    return _on(work, await _card(work, turn, library, before=before))


async def how_long(turn: Turn, library: Library) -> Answer:
    """«Сколько в ней страниц?»: no record that comes here is read for it."""
    work = await _work(turn, library)
    if isinstance(work, Answer):
        return work
    before = _("Сколько в ней страниц, я не знаю: спросите библиотекаря.")
    return _on(work, await _card(work, turn, library, before=before))


async def in_that_form(turn: Turn, library: Library) -> Answer:
    """«А аудио есть?», «а на английском?»: the card, and what the records tell of the form."""
    work = await _work(turn, library)
    if isinstance(work, Answer):
        return work
    codes = tongues.codes(tongues.named(turn.text))
    if codes and (told := await told_in(library, (work,), codes)):
        before = _("На этом языке она есть.")
        return _on(told[0], await _card(told[0], turn, library, before=before))
    return _on(work, await _card(work, turn, library, before=forms.asked(work, turn.text)))


async def in_that_library(turn: Turn, library: Library) -> Answer:
    """«А в детской есть?»: the same book in a library that is named; anything else is a wish of its own."""
    named = () if _is_of_another_thing(turn) else await _named(turn, library)
    if len(named) != 1:
        return not_followed(turn)
    work = await _work(turn, library)
    return work if isinstance(work, Answer) else _on(work, await _card(work, turn, library, wanted=named[0]))


def _is_of_another_thing(turn: Turn) -> bool:
    """«А «Дубровский» сколько штук?» names a book, «в субботу детская работает?» asks for hours: neither is a place."""
    return turn.request.intent in _OF_A_BUILDING or any(sign in turn.text for sign in _QUOTATION)


async def others_by_author(turn: Turn, library: Library) -> Answer:
    """«А другие его книги?»: what there is by the same writer."""
    work = await _work(turn, library)
    if isinstance(work, Answer):
        return work
    return _looked_for(turn, work.author, author=work.author) if work.author else not_followed(turn)


async def that_volume(turn: Turn, library: Library) -> Answer:
    """«А второй том?»: another part of what was shown; what the shown books are all called tells of what."""
    works = await _works(turn, library)
    if isinstance(works, Answer):
        return works
    title = _called_alike([_VOLUME.sub("", work.title) for work in works])
    volume = next((value for word in words(turn.text) if (value := value_of(word))), None)
    if not title or volume is None:
        return not_followed(turn)
    asked = _looked_for(turn, f"{title} том {volume}", title=title, volume=str(volume))
    first = (await look_up(library.catalogue, asked.go_on[0], 1))[0]
    if len(works) == 1 and first.works and first.works[0].work_id == works[0].work_id:
        return await _unnumbered(turn, library, works[0])
    return asked


async def something_alike(turn: Turn, library: Library) -> Answer:
    """«А что-нибудь похожее?»: like the book that was shown."""
    work = await _work(turn, library)
    return work if isinstance(work, Answer) else await alike.like_that(library, work)


async def something_like_one_of_them(turn: Turn, library: Library) -> Answer:
    """The same behind several books: like which?"""
    works = await _works(turn, library)
    if isinstance(works, Answer):
        return works
    if len({work.author for work in works}) == 1 and works[0].author:
        return await alike.like_that(library, works[0])
    return Answer(replies=(choosing.which_to_resemble(works),), works=works, about=about_several(works))


async def of_that_class(turn: Turn, library: Library) -> Answer:
    """«А за 9 класс?»: the same textbook of another class; behind other books it is a wish of its own."""
    works = await _works(turn, library)
    if isinstance(works, Answer):
        return works
    return await _textbook(turn, library, works) or not_followed(turn)


async def of_that_number(turn: Turn, library: Library) -> Answer:
    """«А 9?»: the class of a textbook, the volume of a book in volumes, the place in a list."""
    works = await _works(turn, library)
    if isinstance(works, Answer):
        return works
    if (told := await _textbook(turn, library, works)) is not None:
        return told
    number = classes.asked(turn.text)
    if number is not None and number <= len(works) > 1:
        return await show(replace(turn, argument=str(works[number - 1].work_id)), library)
    return await that_volume(turn, library) if any(map(_is_a_volume, works)) else not_followed(turn)


def _is_a_volume(work: WorkCard) -> bool:
    return any(_VOLUME.search(title) for title in (work.title, *(edition.title for edition in work.editions)))


async def _textbook(turn: Turn, library: Library, works: Sequence[WorkCard]) -> Answer | None:
    """The textbook that was shown, of the class that is named now; None where no textbook was, or no class is."""
    grade = classes.asked(turn.text)
    book = next(iter(works))
    if grade is None or not classes.is_a_textbook(book):
        return None
    if len(works) == 1 and classes.is_for(book, grade):
        before = _("Он подходит и для {grade} класса.").format(grade=grade)
        return _on(book, await _card(book, turn, library, before=before))
    return await _of_that_class(turn, library, book, grade)


async def _of_that_class(turn: Turn, library: Library, book: WorkCard, grade: int) -> Answer:
    """Textbooks of a class that are called like one that was shown, its author's first; or an honest none."""
    title = classes.subject(book)
    for by in dict.fromkeys((book.author, "")):
        text = f"{title} {grade} класс {by}".strip()
        found = await library.catalogue.find(Wanted(text=text, title=title, author=by, grade=str(grade)), _LOOKED_AT)
        works = tuple(work for work in found.works if classes.is_for(work, grade))[:MOST_LISTED]
        if len(works) == 1:
            return _on(works[0], await _card(works[0], turn, library))
        if works:
            return Answer(replies=(choosing.which(replace(found, works=works, corrected="")),), works=works,
                          about=about_several(works))  # fmt: skip
    said = _("«{title}» за {grade} класс в каталоге не вижу. Класс там указан не всегда: точно скажет библиотекарь.")
    none = reply(said.format(title=quoted(title), grade=grade), buttons=ways_out())
    return Answer(replies=(none,), missed=True)


async def what_goes_on(turn: Turn, library: Library) -> Answer:
    """«А продолжение есть?»: no record tells what follows what."""
    work = await _work(turn, library)
    return work if isinstance(work, Answer) else await _unnumbered(turn, library, work)


async def _unnumbered(turn: Turn, library: Library, work: WorkCard) -> Answer:
    """Nothing tells which part a book is: the others by its writer, those that are called alike first."""
    taste = Taste(author=work.author)
    fit = await library.catalogue.suggest(taste, _LOOKED_AT) if work.author else Suggested()
    others = [one for one in fit.works if one.work_id != work.work_id]
    begins = words(work.title)[:_SAME_BEGINNING]
    others.sort(key=lambda one: words(one.title)[:_SAME_BEGINNING] != begins)
    said = _("Которая по счёту эта книга, в каталоге не сказано.")
    if not others:
        return _on(work, await _card(work, turn, library, before=said))
    more = _("Вот другие книги того же автора:")
    rows = [(Button(books.label(one), f"work:{one.work_id}"),) for one in others[: choosing.MOST_LISTED]]
    told = reply(f"{said} {more}", buttons=(*rows, (librarian_button(), find_button())))
    shown = tuple(others[: choosing.MOST_LISTED])
    return Answer(replies=(told,), works=shown, about=about_several(shown))


def _called_alike(titles: Sequence[str]) -> str:
    """The words that all titles begin with, "" where they have none that tells anything."""
    same = takewhile(lambda said: len(set(said)) == 1, zip(*map(words, titles), strict=False))
    said = [each[0] for each in same]
    while said and len(said[-1]) < _TELLING and len(titles) > 1:
        said.pop()  # «Гарри Поттер и»
    return " ".join(said)


def _looked_for(turn: Turn, text: str, **slots: str) -> Answer:
    """The same as if it had been asked for so."""
    request = replace(turn.request, intent="search", confidence=SURE, rest=text, slots={**slots, "whole": text})
    return Answer(replies=(), go_on=(request,))


async def which_book(turn: Turn, library: Library) -> Answer:
    """«А когда вернут?» where no book was shown."""
    del turn, library
    said = _("О какой книге вы спрашиваете? Напишите название или автора.")
    buttons = ((Button(_("Отмена"), "cancel"),),)
    return Answer(replies=(reply(said, buttons=buttons),), expects=Expects(key=WHAT))


async def which_of_them(turn: Turn, library: Library) -> Answer:
    """The question is on one of several books that were listed: which?"""
    works = await _works(turn, library)
    if isinstance(works, Answer):
        return works
    return Answer(replies=(choosing.which_is_meant(works),), works=works, about=about_several(works))


async def which_of_them_in_that_form(turn: Turn, library: Library) -> Answer:
    """The same of a form; behind books in a language «а на башкирском?» asks for books in another one."""
    works = await _works(turn, library)
    in_a_language = not isinstance(works, Answer) and any(tongues.named(work.title) for work in works)
    if tongues.named(turn.text) and in_a_language:
        return not_followed(turn)
    return await which_of_them(turn, library)


async def which_of_them_there(turn: Turn, library: Library) -> Answer:
    """The same with a library's name beside it; anything else is a wish of its own."""
    there = not _is_of_another_thing(turn) and await _named(turn, library)
    return await which_of_them(turn, library) if there else not_followed(turn)


async def other_works(turn: Turn, library: Library) -> Answer:
    """The other books that fitted the question: ``choose:12,45``."""
    works = await _works(turn, library)
    if isinstance(works, Answer):
        return works
    if len(works) == 1:
        return _on(works[0], await _card(works[0], turn, library))
    return Answer(replies=(choosing.listed_works(works),), works=works, about=about_several(works))


async def not_that(turn: Turn, library: Library) -> Answer:
    """«Нет, не та», «а другая есть?»: what else fitted, else what to tell of the book; the second time a person."""
    more = next((button for button in turn.offered if button.payload.startswith("choose:")), None)
    if more is not None:
        return await other_works(replace(turn, argument=more.payload.partition(":")[2]), library)
    if turn.misses or turn.data.get("again"):
        said = _("Жаль, что не то. Позвать библиотекаря? Он поищет лучше меня.")
        return Answer(replies=(reply(said, buttons=(yes_or_no("human"), (find_button(),))),), missed=True)
    return tell_more()


def tell_more() -> Answer:
    """None of the offered books is the right one: the next free text tells more of it."""
    text = _(
        "Тогда напишите о книге ещё что-нибудь: автора, точное название или хотя бы одно редкое слово из него. "
        "Или спросите библиотекаря."
    )
    said = reply(text, buttons=((librarian_button(),),))
    return Answer(replies=(said,), expects=Expects(key=MORE, data={"again": True}))


def _on(work: WorkCard, said: Reply) -> Answer:
    return Answer(replies=(said,), works=(work,), about=about_one(work))


async def _card(
    work: WorkCard, turn: Turn, library: Library, *, before: str = "", wanted: Branch | None = None
) -> Reply:
    branches, holds = await library.branches.all(), may_be_held(library)
    return showing.card(work, branches, turn.now, library.holidays, before=before, wanted=wanted, holds=holds)


async def _named(turn: Turn, library: Library) -> tuple[Branch, ...]:
    """The libraries that the words name."""
    return find_branches(turn.text, await library.branches.all())


async def _work(turn: Turn, library: Library) -> WorkCard | Answer:
    """The book that is meant, or what to say where it cannot be shown."""
    number = _number(turn.argument)
    work = None if number is None else await library.catalogue.card(number)
    return work if isinstance(work, WorkCard) else _not_shown(work)


async def _works(turn: Turn, library: Library) -> tuple[WorkCard, ...] | Answer:
    """Those of the books that may be shown, or what to say where there are none."""
    numbers = [number for part in turn.argument.split(",")[:MOST_LISTED] if (number := _number(part)) is not None]
    found = await asyncio.gather(*(library.catalogue.card(number) for number in numbers))
    works = tuple(work for work in found if isinstance(work, WorkCard))
    return works or _not_shown(next((work for work in found if isinstance(work, Withheld)), None))


def _number(text: str) -> int | None:
    """A work's number out of a button, None where it cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _not_shown(work: Withheld | None) -> Answer:
    if work is not None:
        return Answer(replies=(for_adults(),))
    text = _("Показать эту книгу больше не могу. Возможно, её списали. Поищем другую?")
    return Answer(replies=(reply(text, buttons=ways_out()),))
