"""Measurements: ratios taken in one run; no part of the tests."""
