"""A reader whose every word goes through the real message log of a database."""

from bot.messages import Button, Contact, Inbound, Reply
from bot.ports.library import Library
from bot.ports.log import Attempt
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.reader import Reader


class StoreReader(Reader):
    """Says, presses and hears as :class:`Reader` does; what is answered has left through the log's outbox.

    Args:
        library: What the bot may ask.
        clock: The time of the dialogue.
        log: The real message log.
        address: Where this reader writes from.
    """

    def __init__(self, library: Library, clock: StandingClock, log: Log, address: str = "anna") -> None:
        super().__init__(library, clock, log=log)
        self.contact = Contact(channel="chat", address=address)
        self._store = log

    def button(self, label: str) -> Button:
        """A button of the last answers, to be pressed later."""
        return next(button for button in self.offered() if button.label == label)

    async def _answers(self, inbound: Inbound) -> tuple[Reply, ...]:
        recorded = await self._store.record(inbound)
        await self._dispatcher.take(recorded.conversation_id)
        heard: list[Reply] = []
        while leaving := await self._store.claim_outbound(self.contact.channel, 50):
            for message in leaving:
                heard.append(message.reply)
                sent = Attempt(
                    message_id=message.message_id,
                    channel=self.contact.channel,
                    external_ids=(f"{self.contact.address}-{message.message_id}",),
                )
                await self._store.attempted(sent)
        return tuple(heard)
