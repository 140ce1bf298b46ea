import pytest

from bocadillo._limits import DEFAULT_MAX_BODY_SIZE, Limits


def test_limits_are_those_the_guide_tells() -> None:
    assert Limits()._asdict() == {
        "max_body_size": 10 * 1024 * 1024,
        "body_timeout": 20.0,
        "max_fields": 200,
        "max_files": 20,
        "max_field_size": 1024 * 1024,
    }
    assert Limits().max_body_size == DEFAULT_MAX_BODY_SIZE


def test_limits_do_not_change() -> None:
    with pytest.raises(AttributeError):
        Limits().max_fields = 1  # type: ignore[misc] # the mistake
