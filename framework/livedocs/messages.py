"""Carry examples, requests and responses between the page and the engine as JSON's values."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from livedocs.files import is_text
from livedocs.model import Example, Expected, Headers, Manner, Request, Response, Step, Talk
from livedocs.session_text import Session, parse_session
from livedocs.talk_text import parse_talk


def example_to_json(example: Example) -> dict[str, Any]:
    """Return what the page hands to the browser's engine."""
    return {
        "id": example.id,
        "title": example.title,
        "kind": example.kind,
        "main": example.main,
        "files": dict(example.files),
        "output": example.output,
        "raises": example.raises,
        "steps": [_step_to_json(step) for step in example.steps],
        "clients": [
            {"id": client.id, "source": client.source, "output": client.output}
            for client in example.clients
            if client.no_live is None
        ],
    }


def _step_to_json(step: Step) -> dict[str, Any]:
    expected = step.expected
    shown = {
        "id": step.id,
        "label": step.label,
        "request": _request_to_json(step.request),
        "expected": {
            "status": expected.status,
            "headers": [list(pair) for pair in expected.headers],
            "body": expected.body,
        },
        "manner": asdict(step.manner),
        **({"page": True} if _is_page(step) else {}),
    }
    if step.session is not None:
        return {**shown, "session": step.session.source}
    if step.talk is None:
        return shown
    clients = [
        {"name": name, "request": _request_to_json(request)}
        for name, request in step.talk.handshakes.items()
    ]
    return {**shown, "talk": step.talk.source, "clients": clients}


def _is_page(step: Step) -> bool:
    """Tell whether a browser shows what comes as a page."""
    content_type = dict(step.expected.headers).get("content-type", "")
    return step.request.method == "GET" and content_type.startswith("text/html")


def _request_to_json(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "target": request.target,
        "headers": [list(pair) for pair in request.headers],
        "body": request.body,
    }


def talk_from_json(data: Mapping[str, Any]) -> Talk | None:
    """Return the conversation of a step from the page, its lines numbered from 1."""
    source = data.get("talk")
    return None if source is None else parse_talk(source, 1)


def session_from_json(data: Mapping[str, Any]) -> Session | None:
    """Return the session of a step from the page, its lines numbered from 1."""
    source = data.get("session")
    return None if source is None else parse_session(source, 1)


def request_from_json(data: Mapping[str, Any]) -> Request:
    """Return the request of a message from the page."""
    return Request(
        method=str(data["method"]).upper(),
        target=str(data["target"]),
        headers=_headers(data.get("headers", ())),
        body=str(data.get("body") or ""),
    )


def expected_from_json(data: Mapping[str, Any]) -> Expected:
    """Return the documented response of a message from the page."""
    return Expected(
        status=data.get("status"),
        headers=_headers(data.get("headers", ())),
        body=data.get("body"),
    )


def manner_from_json(data: Mapping[str, Any]) -> Manner:
    """Return how a step of a message from the page is made."""
    return Manner(**data.get("manner", {}))


def response_to_json(response: Response) -> dict[str, Any]:
    """Return what the page shows of a response; of what is no text, only the size."""
    readable = is_text(response.body)
    return {
        "status": response.status,
        "reason": response.reason,
        "headers": [list(pair) for pair in response.headers],
        "body": response.body if readable else None,
        "size": response.size,
    }


def _headers(pairs: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in pairs)
