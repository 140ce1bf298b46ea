"""Random requests for a whole application: `python -m tests.fuzz --minutes 10`.

The test of `tests/stories/test_fuzz.py` makes a few of them.
"""
