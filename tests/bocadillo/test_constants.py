from bocadillo.constants import ALL_HTTP_METHODS, CONTENT_TYPE


def test_methods_are_those_a_view_can_answer() -> None:
    assert ALL_HTTP_METHODS == ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def test_content_types_are_text() -> None:
    assert CONTENT_TYPE.JSON == "application/json"
    assert f"{CONTENT_TYPE.HTML}; {CONTENT_TYPE.PLAIN_TEXT}" == "text/html; text/plain"
