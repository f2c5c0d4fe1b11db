"""A reader's words -> intent, slots, confidence: pure functions over text."""
