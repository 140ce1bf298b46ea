import pytest
from starlette.datastructures import MutableHeaders

from bocadillo.middleware._vary import add_vary


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], ["Origin"]),
        ([""], ["Origin"]),
        (["Cookie"], ["Cookie, Origin"]),
        (["Cookie", "Accept"], ["Cookie, Accept, Origin"]),
        (["origin"], ["origin"]),
        (["Cookie,ORIGIN"], ["Cookie,ORIGIN"]),
        (["*"], ["*"]),
        (["X-Origin"], ["X-Origin, Origin"]),
    ],
)
def test_header_is_added_once(before: list[str], after: list[str]) -> None:
    headers = MutableHeaders(raw=[(b"vary", value.encode()) for value in before])
    add_vary(headers, "Origin")
    assert headers.getlist("vary") == after
