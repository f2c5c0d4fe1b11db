"""The asyncio core of Bibliobot: it names no messenger and no table."""
