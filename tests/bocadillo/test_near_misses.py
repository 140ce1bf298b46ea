import pytest

from bocadillo._near_misses import find_near_miss


@pytest.mark.parametrize(
    ("name", "cutoff", "found"),
    [
        ("databse", 0.6, "database"),
        ("clients", 0.6, "client"),
        ("clients", 0.99, None),
        ("queue", 0.6, None),
        ("", 0.6, None),
    ],
)
def test_name_that_looks_most_alike_is_found(name: str, cutoff: float, found: str | None) -> None:
    assert find_near_miss(name, {"database", "client"}, cutoff=cutoff) == found
