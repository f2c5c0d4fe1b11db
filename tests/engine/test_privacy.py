"""A channel that may carry nothing of a person carries nothing of a person, whatever handler worded it."""

from dataclasses import replace
from importlib import import_module

import pytest

from bot.app.channels import data_class, privacy_of, undecided
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.metrics import Metrics
from bot.engine.privacy import DataClass, Privacy
from bot.errors import ConfigError
from bot.messages import Button, ButtonPress, Contact, Content, Lane, Outbound, Photo, Reply, Text, reply
from bot.ports.library import Library
from bot.ports.log import Completed, Dialogue, Outcome
from bot.ports.understanding import Request
from bot.routing import Answer, Expects, Personal, Router, Trigger, Turn, expects, intent, pressed
from bot.settings import DEFAULT_INTENTS, Settings
from tests.support.clock import StandingClock
from tests.support.fake_library import FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.fake_log import FakeLog
from tests.support.logs import arrival

ABROAD = Contact(channel="abroad", address="1")
HOME = Contact(channel="home", address="1")
PRIVACY = Privacy({"abroad": DataClass.PUBLIC_ONLY, "home": DataClass.FULL}, elsewhere=("Чат на сайте",))
SECRET = "«Обломов» до 16 марта"

loans = Router("loans", personal=True)
leaky = Router("leaky")
asked: list[str] = []


@loans.on(intent("my_loans"), pressed("loans"), expects("card"))
async def tell_loans(turn: Turn, library: Library) -> Answer:
    """A handler that says of itself that it is personal."""
    asked.append(turn.contact.channel)
    return Answer(replies=(Reply(text=SECRET, personal=True),))


@leaky.on(intent("review"))
async def leak(turn: Turn, library: Library) -> Answer:
    """A handler that does not, and words something personal all the same."""
    personal = reply(SECRET, buttons=[[Button(SECRET, "renew:7")]])
    said = (reply("Секунду."), replace(personal, personal=True), Reply(text=SECRET, personal=True))
    return Answer(replies=said, expects=Expects(key="card", data={"title": SECRET}))


@leaky.on(intent("subscribe"))
async def ask_phone(turn: Turn, library: Library) -> Reply:
    """A handler that asks for a number."""
    return reply("Ваш номер?", buttons=[[Button("Дать номер", "phone", asks_phone=True), Button("Нет", "no")]])


FOLLOWING_UP = {
    "due": "а когда вернут?",
    "where": "а где она?",
    "copies": "сколько экземпляров?",
    "editions": "какой год издания?",
    "author": "кто автор?",
    "about": "о чём она?",
    "reserve": "забронируй её",
    "elsewhere": "а в детской есть?",
    "day": "а завтра?",
    "amount": "а если неделю?",
    "pages": "сколько в ней страниц?",
    "sequel": "а продолжение есть?",
    "term": "и на сколько?",
    "limit": "а сколько штук?",
    "price": "сколько это стоит?",
    "wrong": "нет, не та",
    "more": "а другая есть?",
    "form": "а аудио есть?",
    "others": "а другие его книги?",
    "volume": "а второй том?",
    "alike": "а что-нибудь похожее?",
    "grade": "а за девятый класс?",
    "number": "а 9?",
    "instead": "а деньгами можно?",
}


class OneWord:
    """The text is the intent."""

    def understand(self, text: str) -> tuple[Request, ...]:
        return (Request(intent=text, confidence=0.9, rest=text),)


class Everybody:
    """Two readers, one in each channel, who say the same."""

    def __init__(self, clock: StandingClock) -> None:
        self.log = FakeLog(clock)
        modules = [import_module(f"handlers.{name}").router for name in DEFAULT_INTENTS]
        self.table = routes([loans, leaky, *modules])
        self.dispatcher = Dispatcher(
            self.log,
            OneWord(),
            self.table,
            sample_library(FakeCatalogue(), FakeFaq(), FakeBranches()),
            clock,
            Metrics(),
            privacy=PRIVACY,
        )
        self._keys = 0

    async def say(self, content: str | Content, contact: Contact) -> list[Reply]:
        """Say something; returns what is queued in answer."""
        self._keys += 1
        recorded = await self.log.record(arrival(content, key=str(self._keys), contact=contact))
        await self.dispatcher.take(recorded.conversation_id)
        assert self.log.messages[recorded.message_id].outcome != Outcome.FAILED.value
        return [m.reply for m in self.log.messages.values() if m.in_reply_to == recorded.message_id]


@pytest.fixture
def everybody(clock: StandingClock) -> Everybody:
    asked.clear()
    return Everybody(clock)


def test_every_handler_of_ours_can_be_asked(clock: StandingClock) -> None:
    kinds = {trigger.kind for trigger in Everybody(clock).table}
    assert kinds == {"intent", "press", "expects", "sent", "follow"}


async def test_no_handler_says_anything_personal_in_a_public_channel(
    everybody: Everybody, clock: StandingClock
) -> None:
    for trigger in everybody.table:
        for argument in ("", ":1"):
            said: str | Content = trigger.key
            if trigger.kind == "expects":
                talk = everybody.log.conversations.get(1)
                if talk is not None:
                    talk.dialogue = Dialogue(expects=trigger.key)
            elif trigger.kind == "follow":
                question, _, subject = trigger.key.partition(":")
                said = subject if question == "there" else FOLLOWING_UP[question]
                shown = Dialogue(subject=f"{subject}:1", subject_at=clock.now(), misses=1)
                everybody.log.conversations[1].dialogue = shown
            elif trigger.kind == "press":
                said = ButtonPress(f"{trigger.key}{argument}")
            elif trigger.kind == "sent":
                said = Photo("7")
            for heard in await everybody.say(said, ABROAD):
                outbound = Outbound(message_id=1, contact=ABROAD, reply=heard, lane=Lane.REPLY, attempt=1)
                assert PRIVACY.allows(outbound), trigger
                assert SECRET not in heard.text, trigger

    assert asked == []
    assert not [talk for talk in everybody.log.conversations.values() if SECRET in str(talk.dialogue)]


@pytest.mark.parametrize("said", ["my_loans", "review", ButtonPress("loans")], ids=str)
async def test_a_reader_is_told_where_to_ask_and_hears_it_there(everybody: Everybody, said: str | ButtonPress) -> None:
    [*_, told] = await everybody.say(said, ABROAD)
    assert "Чат на сайте" in told.text

    assert SECRET in [heard.text for heard in await everybody.say(said, HOME)]


async def test_what_is_public_in_the_same_answer_is_said(everybody: Everybody) -> None:
    assert (await everybody.say("review", ABROAD))[0].text == "Секунду."


async def test_a_public_channel_asks_for_no_phone_number(everybody: Everybody) -> None:
    [heard] = await everybody.say("subscribe", ABROAD)
    assert [button.label for row in heard.buttons for button in row] == ["Нет"]

    [heard] = await everybody.say("subscribe", HOME)
    assert [button.label for row in heard.buttons for button in row] == ["Дать номер", "Нет"]


def test_a_turn_without_anything_personal_is_left_as_it_is() -> None:
    turn = Completed(
        message_id=1,
        conversation_id=1,
        lease=1,
        contact=ABROAD,
        replies=(reply("до 19:00"),),
        dialogue=Dialogue(expects="x"),
        outcome=Outcome.ANSWERED,
    )
    assert PRIVACY.turn(turn) is turn


def test_nothing_of_a_notice_that_is_personal_leaves() -> None:
    for personal, contact, leaves in ((True, ABROAD, False), (True, HOME, True), (False, ABROAD, True)):
        notice = Outbound(
            message_id=1, contact=contact, reply=Reply(text="x", personal=personal), lane=Lane.NOTICE, attempt=1
        )
        assert PRIVACY.allows(notice) is leaves
    asks = reply("Ваш номер?", buttons=[[Button("Дать номер", "phone", asks_phone=True)]])
    assert not PRIVACY.allows(Outbound(message_id=1, contact=ABROAD, reply=asks, lane=Lane.NOTICE, attempt=1))


def test_what_a_personal_answer_waits_for_is_not_awaited_in_a_public_channel() -> None:
    waits = Dialogue(expects="card", data={"title": SECRET}, offered=(Button(SECRET, "renew:7"),))
    turn = Completed(
        message_id=1,
        conversation_id=1,
        lease=1,
        contact=ABROAD,
        replies=(Reply(text=SECRET, personal=True),),
        dialogue=waits,
        outcome=Outcome.ANSWERED,
    )

    kept = PRIVACY.turn(turn)

    assert [said.text for said in kept.replies] == [PRIVACY.ask_elsewhere().text]
    assert (kept.dialogue.expects, kept.dialogue.data, kept.dialogue.offered) == ("", {}, ())
    assert PRIVACY.turn(replace(turn, contact=HOME)).dialogue == waits


def test_a_personal_router_marks_its_handlers() -> None:
    assert isinstance(loans.table[Trigger("intent", "my_loans")], Personal)
    assert not isinstance(leaky.table[Trigger("intent", "review")], Personal)


# --- the configuration ---------------------------------------------------------------------------


def settings(profile: str = "", **channels: object) -> Settings:
    return Settings.model_validate({"privacy": {"profile": profile}, "channels": channels})


@pytest.mark.parametrize(
    ("profile", "said", "means"),
    [
        ("", {}, DataClass.FULL),
        ("ru", {}, DataClass.PUBLIC_ONLY),
        ("ru", {"data": "full"}, DataClass.FULL),
        ("", {"data": "public_only"}, DataClass.PUBLIC_ONLY),
        ("ru", {"data": "off"}, DataClass.OFF),
        ("", {"data": False}, DataClass.OFF),
    ],
)
def test_a_foreign_messenger_carries_what_the_profile_or_its_block_says(
    profile: str, said: dict[str, object], means: DataClass
) -> None:
    assert data_class("whatsapp", settings(profile, whatsapp=said)) is means


def test_the_profile_leaves_messengers_at_home_as_they_are() -> None:
    assert data_class("webchat", settings("ru", webchat={})) is DataClass.FULL


def test_a_class_that_does_not_exist_is_refused_with_its_path() -> None:
    with pytest.raises(ConfigError, match=r"channels\.webchat\.data: expected full, public_only, off"):
        data_class("webchat", settings(webchat={"data": "some"}))


def test_a_library_in_russia_that_has_not_decided_is_warned() -> None:
    assert undecided(settings(whatsapp={}, webchat={}, site={"kind": "no-such"})) == ["whatsapp"]
    assert undecided(settings("ru", whatsapp={})) == []
    assert undecided(settings(whatsapp={"data": "full"})) == []


def test_readers_are_sent_to_channels_that_may_carry_it() -> None:
    found = privacy_of(settings("ru", whatsapp={}, webchat={}, terminal={}))
    assert found.elsewhere == ("Чат на сайте",)


async def test_the_engine_forgets_a_code_and_every_trace_of_it(clock: StandingClock) -> None:
    codes = Router("codes", personal=True)

    @codes.on(intent("fallback"))
    async def take(turn: Turn, library: Library) -> Answer:
        return Answer(replies=(Reply(text="Готово"),), secret=True)

    log = FakeLog(clock)
    library = sample_library(FakeCatalogue(), FakeFaq(), FakeBranches())
    dispatcher = Dispatcher(log, OneWord(), routes([codes]), library, clock, Metrics(), privacy=PRIVACY)
    recorded = await log.record(arrival("1234", key="1", contact=HOME))

    await dispatcher.take(recorded.conversation_id)

    kept = log.messages[recorded.message_id].inbound
    assert kept is not None
    assert kept.content == Text("•••")
    assert log.conversation_of(HOME).dialogue.last_text == ""  # a digest of four figures is as good as they
