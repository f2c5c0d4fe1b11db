"""One package a messenger; a new channel goes here."""
