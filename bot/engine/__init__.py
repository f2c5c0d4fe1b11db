"""The machine: intake, dispatcher, conversations, outbox, health, metrics."""
