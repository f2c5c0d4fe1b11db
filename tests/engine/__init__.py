"""The machine on a log in memory: turns, sendings, intake, health, the service as a whole."""
