"""What a word comes to hangs on its question, and not on what somebody asked before."""

from pathlib import Path

from bot.ports.catalogue import Wanted
from tests.catalogue.index.shelf import book, indexed


async def test_a_word_said_of_who_will_read_is_a_word_of_a_title_in_the_next_question(tmp_path: Path) -> None:
    async with indexed(tmp_path, book("Отцы и дети", "Иван Тургенев"), book("Капитанская дочка")) as catalogue:
        before, _ = catalogue.ranked(Wanted(text="подвиги для детей"))
        after, _ = catalogue.ranked(Wanted(text="детей вождя"))

    assert [word.text for word in before.words if word.aside] == ["для", "детей"]
    assert [word.text for word in after.words if word.aside] == []
