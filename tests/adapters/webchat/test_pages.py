"""The page and its files: what browsers are told about them, and what never changes between the two languages."""

import re
from html.parser import HTMLParser

import pytest

from adapters.webchat.pages import STATIC
from adapters.webchat.words import for_page, for_script
from bot.wording import LANGUAGES
from tests.adapters.webchat.conftest import Program

SCRIPTS = sorted(path.name for path in STATIC.glob("*.js"))
TOO_NEW = re.compile(
    r"\?\.[a-zA-Z(\[]|\?\?|\.at\(|replaceAll|replaceChildren|structuredClone|\bawait\b|#[a-z]+\s*[=(;]"
)
"""Words that browsers of 2018 do not know."""


async def page(program: Program, path: str) -> tuple[str, dict[str, str]]:
    async with program.http.get(program.url(path)) as answer:
        assert answer.status == 200
        return await answer.text(), dict(answer.headers)


async def test_the_page_runs_nothing_that_is_not_ours(program: Program) -> None:
    text, headers = await page(program, "/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    ours = text.replace("https://library.example/privacy", "")  # the library's own, from its configuration
    assert not re.search(r'\son[a-z]+="|style="|https?://', ours)


class Addresses(HTMLParser):
    """Everything that a page loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if value and name in {"src", "href"} and not value.startswith("#")
        ]


@pytest.mark.parametrize("path", ["/", "/chat/frame"])
async def test_every_file_of_the_page_is_there_and_may_be_kept_for_ever(program: Program, path: str) -> None:
    text, _ = await page(program, path)
    files = Addresses(text).found
    assert len(files) >= 6
    for file in files:
        address = file if path == "/" else file.removeprefix("../")
        _, headers = await page(program, f"/{address}")
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_a_browser_that_has_a_file_is_not_sent_it_again(program: Program) -> None:
    async with program.http.get(program.url("/chat/widget.js")) as answer:
        tag = answer.headers["ETag"]
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    async with program.http.get(program.url("/chat/widget.js"), headers={"If-None-Match": f'"x", W/{tag}'}) as answer:
        assert answer.status == 304
        assert await answer.read() == b""


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
async def test_files_are_packed_for_who_can_unpack(program: Program, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    async with program.http.get(program.url("/chat/static/chat.js"), headers=headers) as answer:
        assert answer.headers.get("Content-Encoding", "identity") == accepted
        assert await answer.text() == (STATIC / "chat.js").read_text("utf-8")


@pytest.mark.parametrize(
    "path", ["/chat/static/nothing.js", "/chat/static/page.html", "/chat/static/..%2Fchannel.py", "/chat/static/"]
)
async def test_nothing_else_is_served(program: Program, path: str) -> None:
    async with program.http.get(program.url(path)) as answer:
        assert answer.status == 404


async def test_the_page_comes_in_the_readers_language(program: Program) -> None:
    russian, _ = await page(program, "/")
    english, _ = await page(program, "/?lang=en")
    unknown, _ = await page(program, "/?lang=<script>")
    assert '<html lang="ru"' in russian
    assert '<html lang="en"' in english
    assert unknown == russian
    assert "Районная библиотека имени Пушкина" in english


async def test_a_librarys_name_is_only_text(program: Program) -> None:
    from adapters.webchat.pages import Pages
    from adapters.webchat.settings import WebChatSettings
    from bot.channels import Setting
    from bot.clock import SystemClock

    setting = Setting(
        name="webchat",
        library_name='</script><b title="x">Библиотека & Ко $send',
        language="ru",
        public_url="",
        clock=SystemClock(),
        extra={"policy_url": "https://l.example/</script>"},
    )
    text = Pages(WebChatSettings(phone="<i>8</i>"), setting)._render("ru", framed=False)
    assert "<b " not in text
    assert "<i>" not in text
    assert "Библиотека &amp; Ко $send" in text
    assert text.count("</script>") == text.count("<script")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_have_no_gaps(language: str) -> None:
    words = for_page(language, library="Б", phone="1") | for_script(language)
    assert all(words.values())
    assert set(words) == set(for_page("ru", library="Б", phone="1") | for_script("ru"))


def test_every_word_that_a_script_says_is_known_and_used() -> None:
    said = {word for name in SCRIPTS for word in re.findall(r"words\.([a-zA-Z]+)", (STATIC / name).read_text("utf-8"))}
    assert said - {"open", "close", "title", "apart"} == set(for_script("ru")) - {"close"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_stay_within_what_old_phones_understand_and_never_write_markup(name: str) -> None:
    script = (STATIC / name).read_text("utf-8")
    assert not TOO_NEW.search(re.sub(r"/\*.*?\*/|//[^\n]*|\"[^\"\n]*\"", "", script, flags=re.DOTALL))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script)


def test_the_english_page_is_english_throughout() -> None:
    words = for_page("en", library="Library", phone="1") | for_script("en")
    assert [word for word in words.values() if re.search("[а-яё]", word, re.IGNORECASE)] == []
