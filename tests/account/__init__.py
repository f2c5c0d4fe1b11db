"""Dialogues about a reader's own card, loans and holds."""
