"""«Какой у вас телефон?»: how to reach people."""

from collections.abc import Sequence

from bot.asking import look_up_faq
from bot.library.model import Branch
from bot.library.places import branch_behind, branch_key, meant
from bot.messages import Button, Reply, bold, reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, follows, intent, not_followed, pressed, same_for_all
from bot.wording import gettext as _
from bot.wording.reaching import phone_line
from handlers import Row, faq_reply, find_button, in_lines, librarian_button, names_a_branch, not_one_of_ours, words_of

router = Router("contacts")


@router.on(intent("contacts"), pressed("contacts"))
@same_for_all
async def how_to_reach(turn: Turn, library: Library) -> Reply | Answer:
    """Phone and mail of the branch that is named, else of the main one, else what the library wrote itself."""
    text = words_of(turn)
    known = await look_up_faq(library.faq, "contacts", text, turn.language)
    branches = await library.branches.all()
    if (elsewhere := not_one_of_ours(turn, branches)) is not None:
        return elsewhere
    named = [branch for branch in meant(text, branches) if branch.phone or branch.email]
    if known is not None:
        return faq_reply(known, *_rows(branches))
    if not named:
        text = _("Телефона и почты библиотеки пока не знаю. Могу записать ваш вопрос для библиотекаря.")
        return reply(text, buttons=((librarian_button(),), (find_button(),)))
    if len(named) == 1:
        return _of_one(turn, library, named[0], branches)
    parts = [f"{branch.name}\n{_ways(turn, library, branch)}" for branch in named]
    return reply("\n\n".join(parts), buttons=_rows(branches))


@router.on(follows("elsewhere:contacts"))
@same_for_all
async def how_to_reach_another(turn: Turn, library: Library) -> Reply | Answer:
    """«А детская?»; anything that is no branch is a wish of its own."""
    return await how_to_reach(turn, library) if await names_a_branch(turn, library) else not_followed(turn)


@router.on(follows("there:contacts"))
@same_for_all
async def how_to_reach_there(turn: Turn, library: Library) -> Reply | Answer:
    """«А телефон?»: of the building that was spoken of last, unless another one is named."""
    branches = await library.branches.all()
    branch = branch_behind(turn.argument, branches)
    if branch is None or not (branch.phone or branch.email) or await names_a_branch(turn, library):
        return await how_to_reach(turn, library)
    return _of_one(turn, library, branch, branches)


@router.on(pressed("phones"))
@same_for_all
async def all_phones(turn: Turn, library: Library) -> Reply:
    """Every branch that has a phone."""
    del turn
    reachable = [branch for branch in await library.branches.all() if branch.phone]
    lines = [f"{branch.name}: {branch.phone}" for branch in reachable]
    said = "\n".join(lines) or _("Телефонов библиотеки пока не знаю.")
    return reply(said, buttons=((find_button(), librarian_button()),))


def _of_one(turn: Turn, library: Library, branch: Branch, branches: Sequence[Branch]) -> Answer:
    told = reply(bold(branch.name), f"\n{_ways(turn, library, branch)}", buttons=_rows(branches, branch))
    return Answer(replies=(told,), about=f"contacts:{branch_key(branch.code)}")


def _ways(turn: Turn, library: Library, branch: Branch) -> str:
    mail = _("Почта: {mail}").format(mail=branch.email) if branch.email else ""
    return in_lines(phone_line(branch, turn.now, library.holidays), mail)


def _rows(branches: Sequence[Branch], branch: Branch | None = None) -> tuple[Row, ...]:
    several = sum(bool(branch.phone) for branch in branches) > 1
    more = ((Button(_("Все телефоны"), "phones"),),) if several else ()
    address = f"location:{branch_key(branch.code)}" if branch else "location"
    return (*more, (Button(_("Адрес"), address), librarian_button()))
