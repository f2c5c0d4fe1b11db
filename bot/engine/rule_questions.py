"""A few words behind a rule that was told: «и на сколько?», «а сколько штук?», «сколько это стоит?»."""

import re
from functools import cache

_LEAD = r"(?:(?:а|и|но|ну|да|так|тогда|ок|хорошо|понятно|ясно|спасибо|скажите|подскажите|and|ok) )*"
_TAKEN = r"(?:можно|дают|выдают|взять|держать|оставить|их|ее|его|книги|книгу)"
_ASKED = {
    "term": r"(?:можно |их |ее |его |книги |книгу )*"
    r"(?:на сколько|насколько|на какой срок|как надолго|надолго|(?:на )?сколько (?:дней|времени)|(?:for )?how long)"
    rf"(?: (?:{_TAKEN}|дней))*",
    "limit": r"(?:по )?(?:сколько|how many)"
    rf"(?: (?:штук|книг|книжек|за раз|сразу|в одни руки|максимум|books|can i take|{_TAKEN}))+",
    "price": r"(?:(?:это|за это|все|цветн\w+|черно бел\w+|одна|один|лист|страниц\w|штука) )*"
    r"(?:сколько|почем|цена|стоимость|сколько стоит|сколько будет(?: стоить)?|сколько платить|сколько с меня|платно|"
    r"бесплатно|how much|is it free)"
    r"(?: (?:это|стоит|за (?:это|лист|страницу|штуку)|цветн\w+|черно бел\w+|одна|один|лист|страница|is it))*",
}
"""How long something is given, how much of it, what it costs; each from end to end."""


def asked(said: str) -> str:
    """Which of them folded words ask, "" for words of a wish of their own."""
    return next((kind for kind, pattern in _patterns().items() if pattern.fullmatch(said)), "")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(f"{_LEAD}(?:{pattern})") for kind, pattern in _ASKED.items()}
