"""A list of books in one message: the first ones are looked up, and how many that are is said."""

from bot.asking import MOST_LISTED
from bot.messages import Reply, reply
from bot.ports.understanding import Request
from bot.wording import gettext as _


def how_many(request: Request) -> tuple[Reply, ...]:
    """That not all are looked up, where the list is longer than what is taken at once."""
    count = int(request.slots.get("of", "0"))
    if count <= MOST_LISTED:
        return ()
    said = _("Книг в списке: {count}. За один раз смотрю {most}, вот первые. Остальные пришлите следующим сообщением.")
    return (reply(said.format(count=count, most=MOST_LISTED)),)
