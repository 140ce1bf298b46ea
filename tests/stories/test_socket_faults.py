"""Every fault at every await of a WebSocket: whatever was set up for it is cleaned up once."""

import asyncio

import pytest

from bocadillo import App, _watching

from .faults import FAULTS, Conversation, Steps, Tally, nothing_is_left, serve
from .socket_views import BUILDS, SAYS, Build


@pytest.fixture(autouse=True)
def short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_watching, "LINGER_SECONDS", 0.001)


def prepare(build: Build) -> tuple[App, Steps, Tally]:
    app, steps, tally = App(), Steps(), Tally()
    build(app, tally, steps.step)
    return app, steps, tally


def converse(app: App, steps: Steps, build: Build, broken_at: int = 0) -> Conversation:
    return Conversation(app, steps, broken_at=broken_at, says=SAYS[build])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("build", BUILDS)
async def test_fault_at_any_await_of_a_websocket_leaves_everything_cleaned_up(
    build: Build, fault: str
) -> None:
    happen, around = FAULTS[fault]
    app, steps, tally = prepare(build)
    with nothing_is_left():
        assert await serve(converse(app, steps, build)) is None
        count = steps.count
        assert count > 0
        assert tally.open == []
        for at in range(1, count + 1):
            tally.history = []
            steps.let(happen, at=at)
            talk = converse(app, steps, build)
            raised = await serve(talk, around)
            assert tally.open == [], (at, tally.history)
            assert talk.sent_before is not None
            if fault == "disconnect":
                assert raised is None, (at, raised)
                if talk.sent_until_told is not None:  # before it ended by itself
                    assert len(talk.sent) <= talk.sent_until_told + 1, at
            else:
                assert isinstance(raised, asyncio.CancelledError), (at, raised)
                late = [m.get("text") for m in talk.sent[talk.sent_on_arrival :]]
                assert late in ([], ["farewell"]), at  # what a cleanup sends is none of the view's


@pytest.mark.parametrize("build", BUILDS)
async def test_transport_of_a_websocket_that_fails_leaves_everything_cleaned_up(
    build: Build,
) -> None:
    app, steps, tally = prepare(build)
    with nothing_is_left():
        for at in range(1, 7):
            tally.history = []
            talk = converse(app, steps, build, broken_at=at)
            assert await serve(talk) is None
            assert tally.open == [], (at, tally.history)
            assert talk.attempts <= at
