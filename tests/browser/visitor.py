"""A reader at the page: says and hears like the reader of the conversation tests, through a real browser."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from playwright.async_api import BrowserContext, ConsoleMessage, Error, FrameLocator, Locator, Page, Request, expect

from tests.support.staff import PASSWORD

GREETING = "Здравствуйте! Я бот библиотеки."
HERE = ("http://127.0.0.1:", "data:")
EXPECTED = ("Failed to load resource", "net::ERR_", "htmx:sendError", "htmx:sendAbort", "htmx:afterRequest")
"""The browser's own words about a house that is closed, and htmx's about that, or about a page that was left: it then
complains of the request's end as well, which is no complaint where an answer came."""
SERIOUS = {"serious", "critical"}
LOOKS: tuple[tuple[Literal["light", "dark"], int, int], ...] = (("light", 1440, 900), ("dark", 360, 740))
"""A librarian at the desk by day, and with a phone in the evening: theme, width and height."""
UNREACHED = """() => {
  const found = [], before = document.activeElement;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]");
  for (const element of (document.querySelector("dialog:modal") ?? document).querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], " +
      "[tabindex]:not([tabindex='-1'])"
  )) {
    if (!shown(element) || element.disabled || element.matches("[aria-hidden=true] *")) continue;
    element.blur();
    element.focus({ focusVisible: true, preventScroll: true });
    const style = getComputedStyle(element);
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none" || element.type === "file";
    const reached = element.tabIndex >= 0 && document.activeElement === element;
    if (!reached || !seen) found.push(element.outerHTML.slice(0, 160));
  }
  before?.focus?.({ preventScroll: true });
  return found;
}"""
"""What is shown to be pressed or filled in, and is not reached by keys or does not show that it was."""


VIOLATIONS = """async () => {
  for (let tries = 5; ; tries--) {
    let moved = false;
    const watch = new MutationObserver(() => { moved = true; });
    watch.observe(document, { childList: true, subtree: true });
    const found = await axe.run(document, { resultTypes: ["violations"], iframes: false });
    watch.disconnect();
    if (!moved || tries === 1) return found.violations;
  }
}"""
"""What axe-core says of a page that stood still meanwhile: of what is gone by the time of a rule it tells nonsense."""


@cache
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

    async def has_a_line_again(self) -> None:
        """Requests go as they are from now on; what holds one of them now has done with it."""
        await self.page.unroute_all(behavior="wait")

    async def says(self, text: str) -> None:
        """Type and press Enter."""
        await self.chat.locator("#text").fill(text)
        await self.chat.locator("#text").press("Enter")

    async def hears(self, text: str) -> None:
        """The words stand in an answer of the library."""
        await expect(self.chat.locator(".bot .words").filter(has_text=text).last).to_be_visible()

    async def said(self) -> list[str]:
        """Everything in the conversation, in order: «reader: …», «bot: …»; once nothing is on its way any more."""
        await expect(self.chat.locator(".pending")).to_have_count(0)
        spoken: list[str] = await self.chat.locator("article.message").evaluate_all(
            "all => all.map(one => `${one.classList[1]}: ${one.querySelector('.words').innerText}`)"
        )
        return spoken

    async def sideways(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    async def signs_in(self, login: str = "masha") -> None:
        """Through the console's door, which is open before them."""
        await self.page.get_by_label("Имя для входа").fill(login)
        await self.page.get_by_label("Пароль").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.sees(self.page.locator(".top"))

    async def sees(self, what: Locator) -> None:
        """It is there, on a page that has come with all its scripts: keys are heard from now on."""
        await expect(what).to_be_visible()
        await self.page.wait_for_load_state()

    async def shuts_out(self) -> list[str]:
        """Whom this page shuts out in either of :data:`LOOKS`: by axe, by width, or without a mouse."""
        found = []
        for scheme, width, height in LOOKS:
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.page.emulate_media(color_scheme=scheme)
            wider = [f"wider than the window by {await self.sideways()} px"] if await self.sideways() > 0 else []
            without_keys = [f"by keyboard: {element}" for element in await self.page.evaluate(UNREACHED)]
            found += [f"{scheme}: {fault}" for fault in (*await self.barriers(), *wider, *without_keys)]
        return found

    async def barriers(self) -> list[str]:
        """Serious violations that axe-core finds, in the page and in its frames: rule and element."""
        found = []
        for frame in self.page.frames:
            if not await frame.evaluate("'axe' in window"):
                await frame.evaluate(axe_script())
            found += await frame.evaluate(VIOLATIONS)
        return [
            f"{violation['id']}: {node['html']}"
            for violation in found
            if violation["impact"] in SERIOUS
            for node in violation["nodes"]
        ]
