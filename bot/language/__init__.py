"""Russian and English as pure functions over text: shared by understanding and the catalogue's index.

Both sides must fold, split and reduce words alike, or a reader's word misses the title it names;
so the tools live here, in the core's contract, and know neither side.
"""
