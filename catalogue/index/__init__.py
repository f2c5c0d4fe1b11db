"""The search index: derived from the store, dropped and rebuilt at will, the same whatever the database.

``terms`` turns words into keys, ``documents`` works into what the index holds, ``vocabulary`` finds the word a
misspelt one stands for, ``folder`` keeps all of it on disk for any number of processes, ``reading`` takes a
reader's words apart, ``retrieval`` fetches a few dozen candidates and ``ranking`` judges them.
"""
