import os

import pytest

from bocadillo.utils import override_env, safe_filename

VAR = "BOCADILLO_TEST_VARIABLE"


def test_variable_is_set_inside_the_block_only() -> None:
    assert os.environ.get(VAR) is None
    with override_env(VAR, "outer"):
        with override_env(VAR, "inner"):
            assert os.environ[VAR] == "inner"
        assert os.environ[VAR] == "outer"
        with override_env(VAR, None):
            assert VAR not in os.environ
        assert os.environ[VAR] == "outer"
    assert VAR not in os.environ


def test_variable_is_put_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), override_env(VAR, "value"):
        raise ZeroDivisionError
    assert VAR not in os.environ


def test_name_of_an_upload_is_made_safe() -> None:
    assert safe_filename("../../notes.txt") == "notes.txt"
