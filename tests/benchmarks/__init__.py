"""Benchmarks: `python3 framework/dev.py bench`. Ratios within one run are what counts."""
