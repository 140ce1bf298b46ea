from typing import Any

import pytest

from bocadillo.config import SettingsError
from bocadillo.plugins._options import check_names, check_options

TYPES = {"max_age": "int ≥ 0", "preload": "bool"}


def test_options_of_their_types_are_fine() -> None:
    check_names([], TYPES, setting="HSTS")
    check_options({}, TYPES, setting="HSTS")
    check_options({"max_age": 1, "preload": True}, TYPES, setting="HSTS")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"maxage": 1}, "setting `HSTS` has no 'maxage'. Did you mean 'max_age'?"),
        ({"zzz": 1}, "setting `HSTS` has no 'zzz'. Expected one of max_age, preload."),
        ({1: 1}, "setting `HSTS` has no 1. Expected one of max_age, preload."),
        ({"max_age": "1"}, "setting `HSTS` expects int ≥ 0 as 'max_age', got '1'"),
        ({"preload": 1}, "setting `HSTS` expects bool as 'preload', got 1"),
    ],
)
def test_other_options_are_refused(options: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_options(options, TYPES, setting="HSTS")
    assert str(caught.value) == message
