"""A photograph: the barcode of a book on it is as good as its ISBN typed."""

from bot.messages import Photo, Reply, reply
from bot.ports.files import Seen, Unseen
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.routing import Answer, Router, Turn, sent
from bot.wording import gettext as _
from handlers import find_button, librarian_button, yes_or_no

router = Router("picture")


@router.on(sent("photo"))
async def look(turn: Turn, library: Library) -> Answer:
    """Look up the book whose code is on it; without one ask what the caption says, else tell what to do."""
    assert isinstance(turn.content, Photo)
    if library.pictures is None:
        seen = Seen(unseen=Unseen.AWAY)
    else:
        seen = await library.pictures.look(turn.contact, turn.content.handle)
    if seen.isbns:
        return Answer(replies=(), go_on=tuple(map(_book, seen.isbns)))
    if seen.start:
        return Answer(replies=(), go_on=(Request(intent="greeting", confidence=1.0, slots={"start": seen.start}),))
    if turn.request.intent:
        return Answer(replies=(), go_on=(turn.request,))
    return Answer(replies=(_advice(seen.unseen, turn),), missed=True)


def _book(isbn: str) -> Request:
    because = ("a barcode on a picture",)
    return Request(intent="search", confidence=1.0, slots={"isbn": isbn}, rest=isbn, because=because)


def _advice(why: Unseen | None, turn: Turn) -> Reply:
    """What to do now; the second time in a row a person is offered first."""
    match why:
        case Unseen.OTHER:
            said = _("Это штрих-код не книги. Нужен тот, что на обложке сзади: под ним номер от 978 или 979.")
        case Unseen.TOO_LARGE:
            said = _("Снимок слишком большой. Пришлите, пожалуйста, поменьше: до 8 МБ.")
        case Unseen.NO_PICTURE:
            said = _("Не получилось открыть снимок. Пришлите его обычной фотографией.")
        case Unseen.AWAY:
            said = _("Не получилось посмотреть снимок. Пришлите его, пожалуйста, ещё раз.")
        case _:
            said = _(
                "Штрих-кода на снимке не вижу. Он сзади на обложке: снимите его ближе, прямо и при свете, "
                "чтобы полоски были резкими."
            )
    if turn.misses:
        said += " " + _("Или напишите название книги. Позвать библиотекаря?")
        return reply(said, buttons=(yes_or_no("human"), (find_button(),)))
    return reply(said + " " + _("Или напишите название книги."), buttons=((find_button(), librarian_button()),))
