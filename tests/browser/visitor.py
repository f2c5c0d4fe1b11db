"""A reader at the page: says and hears like the reader of the conversation tests, through a real browser."""

from importlib.util import find_spec
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Error, FrameLocator, Page, Request, expect

HERE = ("http://127.0.0.1:", "data:")
EXPECTED = ("Failed to load resource", "net::ERR_")
"""The browser's own words about a house that is closed."""
SERIOUS = {"serious", "critical"}


def axe_script() -> str:
    """axe-core, as the PyPI package carries it."""
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


class Visitor:
    """One person with one browser window.

    Attributes:
        chat: Where the chat is: the page itself, or a frame in it.
        complaints: What the browser wrote to its console that nobody expects.
        asked_elsewhere: Addresses beyond this machine that a page asked for.
    """

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.chat: Page | FrameLocator = page
        self.complaints: list[str] = []
        self.asked_elsewhere: list[str] = []
        self._listen(page)

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", self._fault)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(words in message.text for words in EXPECTED):
            self.complaints.append(message.text)

    def _fault(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _request(self, request: Request) -> None:
        if not request.url.startswith(HERE):
            self.asked_elsewhere.append(request.url)

    async def opens(self, address: str) -> None:
        """Go to a page."""
        await self.page.goto(address)

    async def second_tab(self, address: str) -> "Visitor":
        """The same person, the same browser, one more tab."""
        other = Visitor(self.context, await self.context.new_page())
        other.complaints, other.asked_elsewhere = self.complaints, self.asked_elsewhere
        await other.opens(address)
        return other

    async def says(self, text: str) -> None:
        """Type and press Enter."""
        await self.chat.locator("#text").fill(text)
        await self.chat.locator("#text").press("Enter")

    async def hears(self, text: str) -> None:
        """The words stand in an answer of the library."""
        await expect(self.chat.locator(".bot .words").filter(has_text=text).last).to_be_visible()

    async def said(self) -> list[str]:
        """Everything in the conversation, in order: «reader: …», «bot: …»."""
        spoken = []
        for message in await self.chat.locator("article.message").all():
            classes = (await message.get_attribute("class") or "").split()
            spoken.append(f"{classes[1]}: {await message.locator('.words').inner_text()}")
        return spoken

    async def sideways(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    async def barriers(self) -> list[str]:
        """Serious violations that axe-core finds, in the page and in its frames: rule and element."""
        found = []
        for frame in self.page.frames:
            await frame.evaluate(axe_script())
            result = await frame.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
            found += result["violations"]
        return [
            f"{violation['id']}: {node['html']}"
            for violation in found
            if violation["impact"] in SERIOUS
            for node in violation["nodes"]
        ]
