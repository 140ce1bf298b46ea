from bocadillo.constants import ALL_HTTP_METHODS, CONTENT_TYPE, WEBSOCKET_CLOSE_CODES


def test_methods_are_those_a_view_can_answer() -> None:
    assert ALL_HTTP_METHODS == ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def test_content_types_are_text() -> None:
    assert CONTENT_TYPE.JSON == "application/json"
    assert f"{CONTENT_TYPE.HTML}; {CONTENT_TYPE.PLAIN_TEXT}" == "text/html; text/plain"


def test_close_codes_have_names() -> None:
    assert WEBSOCKET_CLOSE_CODES[1000] == "Normal Closure"
    assert all(1000 <= code <= 1015 for code in WEBSOCKET_CLOSE_CODES)
