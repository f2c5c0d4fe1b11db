"""Files in memory (``bot.ports.files.Files``)."""

from bot.messages import Contact, StoredFile


class MemoryFiles:
    """Keeps what it is given; the same bytes once."""

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}

    async def keep(
        self, name: str, media_type: str, data: bytes, of: Contact | None = None, *, of_talk: bool = False
    ) -> StoredFile:
        number = next((number for number, known in self._kept.items() if known == data), len(self._kept) + 1)
        self._kept[number] = data
        return StoredFile(file_id=number, name=name, media_type=media_type, size=len(data))

    async def read(self, file_id: int) -> bytes | None:
        return self._kept.get(file_id)
