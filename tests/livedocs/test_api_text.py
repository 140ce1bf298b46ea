from livedocs.api_text import format_module


def test_each_name_has_its_signature_and_its_docstring() -> None:
    text = format_module("bocadillo.sse")

    assert text.startswith("Server-sent events: messages for `@res.event_stream`")
    assert "## server_event\n\n```python\ndef server_event(name: str | None = None, *, " in text
    assert "\n\nMake an event for an event stream.\n" in text


def test_members_follow_their_class_and_overloads_stand_together() -> None:
    text = format_module("bocadillo.requests")

    assert "\n## Request\n\n```python\nclass Request(" in text
    assert "\n### session\n\n```python\nsession: Session\n```\n" in text
    assert "async def json() -> Any\nasync def json(type_: type[T]) -> T\n" in text


def test_what_another_page_tells_is_left_out() -> None:
    text = format_module("bocadillo.applications")

    assert "### override_providers" in text
    assert "### include_router" not in text  # a router's
    assert "## App" not in format_module("bocadillo")
    assert "## configure" in format_module("bocadillo")


def test_values_are_shown_unless_they_are_long() -> None:
    text = format_module("bocadillo.constants")

    assert "ALL_HTTP_METHODS: tuple[str, ...] = ('GET', 'HEAD'" in text
    assert "DEFAULT_CORS_CONFIG: Final[dict[str, Any]]\n" in text


def test_a_class_without_arguments_has_its_name_alone() -> None:
    assert "```python\nclass CONTENT_TYPE\n```" in format_module("bocadillo.constants")
