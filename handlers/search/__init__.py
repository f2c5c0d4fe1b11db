"""«Есть ли у вас…?»: find the work, say where it is, or say honestly that the catalogue does not show it."""

from collections.abc import Sequence
from functools import lru_cache

from bot.asking import SURE, is_by, look_up, named_apart
from bot.language import names, numbers, reactions
from bot.language.folding import fold, words
from bot.language.morphology import stem
from bot.library.model import Branch, WorkCard
from bot.library.places import find_placed, words_beside
from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Found, Verdict, Wanted
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.quick import dataclass, replace
from bot.routing import Answer, Expects, Router, Turn, expects, intent, pressed
from bot.wording import gettext as _
from bot.wording import quoted
from handlers import for_adults, words_of
from handlers.search import alike, choosing, forms, languages, listing, missing, showing, shown, suggesting

router = Router("search")
shown.register(router)

_NAMES_NOTHING = frozenset(
    words(
        "а есть ли у вас мне нужна нужны нужно надо ищу хочу хотел хотела почитать взять найти найди найдите дай "
        "дайте покажи покажите подбери подберите что чего какие вообще интересного хорошего какая нибудь какую "
        "пожалуйста книга книги книгу книжка книжку book books"
    )
)
"""«Есть ли у вас книга?» names none: the title is asked for."""
_WHAT_THERE_IS = frozenset(("что", "чего", "какие"))
_BESIDE = frozenset(words("а и ну да нет не же вот тоже"))
_ASKING = frozenset(
    words("где когда как куда откуда почему зачем сколько кто что чего чему where when why how which who")
)
_POINTING = (
    frozenset(
        words(
            "она он они оно ее его их эта этот эту эти это та ту тот те то такая такую такой "
            "какая какой какую какие все всё любая любую любой другая другую другой другие которая которую "
            "там тут здесь туда сюда теперь сейчас потом лучше лучшая нет есть то часть том по счету "
            "it is that this one now better available"
        )
    )
    | _ASKING
)
"""Words that name no book alone; a book that is called so («Почему?») is found all the same."""
FITS = (Verdict.FOUND, Verdict.CHOICE)
LIMIT = choosing.MOST_FOUND


@router.on(pressed("find"))
async def ask_what(turn: Turn, library: Library) -> Answer:
    """Ask for the title; the next free text is one."""
    del turn, library
    return _what()


def _what(awaited: str = shown.WHAT) -> Answer:
    text = _("Какую книгу ищете? Напишите название, автора или ISBN.")
    buttons = ((Button(_("Отмена"), "cancel"),),)
    return Answer(replies=(reply(text, buttons=buttons),), expects=Expects(key=awaited) if awaited else None)


@router.on(pressed("other"))
async def another(turn: Turn, library: Library) -> Answer:
    """None of the offered books is the right one."""
    del turn, library
    return shown.tell_more()


@router.on(intent("search", "availability"))
async def search(turn: Turn, library: Library) -> Answer:
    """Look the message up and answer for each book that it names."""
    return await languages.of_books(turn, library) or await _told(turn, library)


@router.on(expects(shown.WHAT, shown.MORE))
async def named(turn: Turn, library: Library) -> Answer:
    """Asked for a title, the reader names one: there is no doubt that it is meant for one."""
    if reactions.is_wrong(turn.text):
        return await shown.not_that(turn, library)
    return await _told(replace(turn, request=replace(turn.request, confidence=1.0)), library)


async def _told(turn: Turn, library: Library) -> Answer:
    query = turn.request.rest or words_of(turn)
    said = _said(query)
    if said.names_nothing:
        return await suggesting.recommend(turn, library) if said.asks_what_there_is else _what()
    branches = await library.branches.all()
    answers, branch = await _find(turn, library, branches)
    if len(answers) == 1 and answers[0].verdict is Verdict.NEAR and said.count == 1:
        answers = (choosing.in_first(answers[0]),)
    if (unsaid := _unsaid(turn.request, said, answers[0])) is not None:
        return unsaid
    if not _is_the_book(answers) and (listed := await suggesting.instead(turn, library, query)) is not None:
        return listed
    if len(answers) == 1 and (better := await _better(turn, library, answers[0], query)) is not None:
        return better
    alone = len(answers) == 1
    queries = named_apart(turn.request, len(answers)) or (query,) * len(answers)
    replies = [
        _one(turn, library, found, query, branches, branch, alone=alone)
        for found, query in zip(answers, queries, strict=True)
    ]
    sure = [found for found in answers if found.verdict in FITS and not found.isbn_note]
    replies[:0] = listing.how_many(turn.request)
    works = tuple(work for found in sure for work in found.works[: choosing.MOST_LISTED])
    return Answer(replies=tuple(replies), works=works, about=_about(answers))


def _unsaid(request: Request, said: "_Said", first: Found) -> Answer | None:
    """The question which book is meant, where no word of a message tells; None where some does."""
    if (said.is_one_letter or said.only_points) and not _is_titled(first, said):
        return _what("")  # behind a remark another one may come
    if request.rest or request.slots.get("isbn") or first.verdict in FITS:
        return None
    return _what("")  # «она сейчас свободна или кто-то взял?»


async def _better(turn: Turn, library: Library, found: Found, query: str) -> Answer | None:
    """What to say instead of the catalogue's answer, None where that is the best there is."""
    told = None if found.verdict in FITS else await languages.of_books(turn, library, found=False)
    return told or await missing.better_answer(turn, library, found, query)


def _about(answers: Sequence[Found]) -> str:
    """What the next question may be about: the book that was shown, or those of which one is to be chosen."""
    told = [work for found in answers for work in (found.works[:1] if found.verdict is Verdict.FOUND else found.works)]
    if not told:
        return ""
    return shown.about_one(told[0]) if len(told) == 1 else shown.about_several(told)


@router.on(intent("recommend"))
async def recommend(turn: Turn, library: Library) -> Answer:
    """«Что почитать…»: the book itself where the words are its title, else a short list."""
    if like := turn.request.slots.get("like", ""):
        return await alike.alike(library, like.strip(' «»"„“”'))
    if (told := await languages.of_books(turn, library)) is not None:
        return told
    answers = await look_up(library.catalogue, turn.request, LIMIT)
    if _is_the_book(answers) and (len(answers) > 1 or _is_said(answers[0].works[0], words_of(turn))):
        return await _told(turn, library)
    return await suggesting.recommend(turn, library)


def _is_the_book(answers: Sequence[Found]) -> bool:
    """Whether a title was surely named: «Сказки Пушкина» may be a book, too."""
    first = answers[0]
    return len(answers) > 1 or (first.verdict is Verdict.FOUND and bool(first.scores) and first.scores[0] >= SURE)


def _is_said(work: WorkCard, text: str) -> bool:
    """Whether the whole title is said: «что сейчас читают» is not «Как читать „Белую гвардию“», nor «книгу» «Книга»."""
    if _said(work.title).names_nothing:
        return False
    return {stem(word) for word in words(work.title)} <= {stem(word) for word in words(text)}


def _called(found: Found, query: str) -> str:
    """What one of several answers with several works is about: a title that was said, else the writer they share."""
    first = found.works[0]
    return first.title if _is_said(first, query) else _shared_author(found) or first.title


def _shared_author(found: Found) -> str:
    """The surname that all of several works share, "" where they share none: «Донцова» beside «Маринина»."""
    said = [word for word in found.works[0].author.split() if len(word.strip(".,")) > 1]
    return next((word for word in reversed(said) if is_by(word, found) and not names.given_name(fold(word))), "")


@dataclass(frozen=True, slots=True)
class _Said:
    """What the words of a question are, whatever the catalogue holds.

    Attributes:
        names_nothing: «Есть ли у вас книга?».
        asks_what_there_is: «А что у вас есть?», «какие есть книги?»: some of it is shown.
        only_points: «А какие?», «да этот», «вторая», «ну?»: at something, and nothing is there to point at.
    """

    words: tuple[str, ...]
    names_nothing: bool
    asks_what_there_is: bool
    is_one_letter: bool
    only_points: bool

    @property
    def count(self) -> int:
        """How many words there are."""
        return len(self.words)


@lru_cache(maxsize=4_096)
def _said(query: str) -> _Said:
    said = words(query)
    return _Said(
        words=tuple(said),
        names_nothing=_NAMES_NOTHING.issuperset(said),
        asks_what_there_is="есть" in said and not _WHAT_THERE_IS.isdisjoint(said),
        is_one_letter=len(said) == 1 and len(said[0]) == 1 and said[0].isalpha(),
        only_points=_only_points(said),
    )


def _only_points(every: Sequence[str]) -> bool:
    told = [word for word in every if word not in _BESIDE]
    said = [word for word in told if word not in _POINTING]
    if not told:
        return "ну" in every
    return not said or (len(said) == 1 and _is_a_number(said[0], beside=len(told) > 1))


def _is_a_number(word: str, *, beside: bool) -> bool:
    """«Вторая»; «1 том» is as little, but «1984» alone is a book."""
    return numbers.ordinal(word) is not None or (beside and numbers.value_of(word) is not None)


def _is_titled(found: Found, said: _Said) -> bool:
    """Whether a letter is the whole title of what was found first: «Я» of Mayakovsky, but no author's initial."""
    return found.verdict in FITS and tuple(words(found.works[0].title)) == said.words


async def _find(turn: Turn, library: Library, branches: Sequence[Branch]) -> tuple[tuple[Found, ...], Branch | None]:
    """What the catalogue holds of it, and the branch that is named beside the title («каштанка в Сосновке»)."""
    answers = await look_up(library.catalogue, turn.request, LIMIT)
    first = answers[0]
    if first.verdict is Verdict.FOUND:
        return answers, _named_beside(words_of(turn), first.works[0], branches)
    named = find_placed(words(words_of(turn)), branches)
    title = " ".join(words_beside(turn.request.rest or words_of(turn), named[0])) if len(named) == 1 else ""
    if not title or _NAMES_NOTHING.issuperset(words(title)):
        return answers, None
    found = await library.catalogue.find(Wanted(text=title), LIMIT)
    if found.verdict in FITS and first.verdict not in FITS:
        return (found,), named[0]
    return answers, None


def _named_beside(text: str, card: WorkCard, branches: Sequence[Branch]) -> Branch | None:
    told = words(f"{card.title} {card.author}")
    if set(told).issuperset(said := words(text)):
        return None
    title = {stem(word) for word in told}
    fits = find_placed([word for word in said if stem(word) not in title], branches)
    return fits[0] if len(fits) == 1 else None


def _one(
    turn: Turn,
    library: Library,
    found: Found,
    query: str,
    branches: Sequence[Branch],
    branch: Branch | None,
    *,
    alone: bool,
) -> Reply:
    """The answer on one of the books that the message names."""
    if found.isbn_note and found.works:  # the digits typed are nobody's: what they resemble is a question
        return choosing.perhaps(found, query, showing.isbn_note())
    match found.verdict:
        case Verdict.FOUND:
            work, others = found.works[0], found.works[1:]
            doubt = showing.doubted(found, work, query)
            said = " ".join(
                filter(None, (showing.corrected(found, work) or doubt, forms.said(work, turn.request.slots)))
            )
            return showing.card(
                work,
                branches,
                turn.now,
                library.holidays,
                wanted=branch,
                before=said,
                others=others,
                holds=shown.may_be_held(library),
            )
        case Verdict.CHOICE:
            form, works = forms.of_several(found.works, turn.request.slots)
            return choosing.which(replace(found, works=works), "" if alone else _called(found, query), form)
        case Verdict.NEAR:
            return choosing.perhaps(found, query)
        case Verdict.NOTHING if found.withheld:
            return for_adults()
        case Verdict.NOTHING:
            return Reply(text=_("«{query}» в каталоге не нашлось.").format(query=quoted(query)))
