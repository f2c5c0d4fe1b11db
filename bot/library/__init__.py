"""Values and rules of the library: pure, no I/O, no async."""
