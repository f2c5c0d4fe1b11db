"""A book's page of a shop, or its card of a catalogue, pasted into a message: what of it names the book.

«Мастер и Маргарита | Булгаков М. А. | Эксмо, 2023, 480 стр. 399 ₽, купить» is looked up as «Мастер и Маргарита Булгаков
М. А.»: publisher, year, pages and price are in no reader's question, and «доставка» there asks for none.
"""

import re
from functools import cache

from understanding.sought import Sought

_PUBLISHERS = (
    r"(?:издательств\w+\s+)?[«\"]?\b(?:эксмо|аст|росмэн|азбука(?:-аттикус)?|просвещение|дрофа|самовар|махаон|речь|миф"
    r"|альпина(?:\s\w+)?"
    r"|стрекоза|иностранка|эгмонт|питер|вече|рипол(?:[- ]классик)?|центрполиграф|фантом(?:[- ]пресс)?|clever|бомбора"
    r"|манн,? иванов и фербер"
    r"|детская литература|художественная литература|молодая гвардия|наука|искатель\w*|лабиринт|вентана-граф)\b[»\"]?"
    r"|\bредакция\s+(?-i:[А-ЯЁ])\w+\s+(?-i:[А-ЯЁ])\w+"
    r"|\b(?:М|СПб|Москва|Санкт-Петербург)\.?\s?:"
)
_PRICE = r"\d[\d\s]*(?:[.,]\d\d)?\s?(?:₽|руб(?:л\w+|\.)?|р\.)(?!\w)"
_PAGES = r"\d{2,4}\s?(?:стр(?:аниц\w*|\.)?|с\.)(?!\w)"
_YEAR = r"(?<=[,.]\s)(?:19|20)\d\d(?:\s?г(?:\.|од\w*)?)?(?!\w)"
_COVER = r"\b(?:тв[её]рд\w+|мягк\w+|интегральн\w+)\s+(?:перепл[её]т\w*|обложк\w*)|\b(?:перепл[её]т|обложка)\b"
_SHOP = (
    r"\b(?:купить|заказать)\s+(?:в|с|онлайн|книгу|по)\b[^.?!|\n]*|\b(?:в\s+)?интернет-?магазин\w*"
    r"|\b(?:по\s+)?цен[аеы]\b|\bдоставк\w+[^.,?!|\n]*"
    r"|\b(?:в|к)\s+корзин\w+|\bартикул\s*:?\s*\d*|\bчитай[- ]город\w*|\blabirint\.ru|\bozon\b|\bwildberries\b"
    r"|\bлитрес\b|\bскидк\w+"
)
_SIGNS = _PUBLISHERS, _PRICE, _PAGES, _YEAR, _COVER, _SHOP, r"\s\|\s|\.\s?[-–—]\s|\s/\s", r"[«„“\"]"
_LIKELY = Sought(
    rf"(?i){_PRICE}|{_PAGES}|{_COVER}|{_SHOP}",
    "₽ руб р. с. стр перепл обложк купить заказать магазин цена цене цены доставк корзин артикул читай labirint ozon "
    "wildberries литрес скидк",
)
_FEWEST_SIGNS = 3
_OF_LOSSES = re.compile(r"(?i)\b(?:потер|порва|испор|залил|намоч|сколько|штраф|верну|сда[мтлю]|подар)")
"""Who lost a book or gives one away tells its price, too."""
_AREA = re.compile(r"(?s)\s*(?:\.\s?[-–—]\s|\s/\s).*?(?=\s[-–—]\s+(?:есть|можно|найд)|[?!]|$)")
"""From the second area of a card on, or from «/» that names who made the book: up to the question behind."""
_SUBTITLE = re.compile(r"\s:\s+[^.,/|?!]*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_NOISE = rf"(?i)(?:{_SHOP})|(?:{_PUBLISHERS})|(?:{_PRICE})|(?:{_PAGES})|(?:{_COVER})|\b(?:{_YEAR})"
_SIGNS_LEFT = re.compile(r"\s*[|,;:–—-](?:\s*[|,;:–—-])*\s*(?=[?!.]|$)|\s*\|\s*")
_LONGEST = 600


def plain(text: str) -> str:
    """The message with only the title and the author of what was pasted; as it is where nothing was."""
    if not _is_pasted(text):
        return text
    left = _IN_BRACKETS.sub(" ", _AREA.sub(" ", _SUBTITLE.sub(" ", text)))
    left = _SIGNS_LEFT.sub(" ", re.sub(r"(?:\s*,)+", ",", _noise().sub(" ", left)))
    left = re.sub(r"(?:\s*\.){2,}", ".", " ".join(left.split())).strip(" ,.|-–—:")
    return left or text


def _is_pasted(text: str) -> bool:
    if len(text) > _LONGEST or not _LIKELY.search(text) or _OF_LOSSES.search(text):
        return False
    return sum(sign.search(text) is not None for sign in signs()) >= _FEWEST_SIGNS


@cache
def signs() -> tuple[re.Pattern[str], ...]:
    """What a page of a shop is known by, put together with the first text that may be pasted: a start needs none."""
    return tuple(re.compile(rf"(?i){sign}") for sign in _SIGNS)


@cache
def _noise() -> re.Pattern[str]:
    return re.compile(_NOISE)
