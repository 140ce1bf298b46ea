"""Many are looked after by one timer, each when it is due."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bocadillo import _rounds
from bocadillo._rounds import LONGEST_SECONDS, Place, Rounds, find_rounds


class Visited:
    def __init__(self, *answers: float | None) -> None:
        self.place: Place | None = None
        self.answers = list(answers)
        self.visits = 0

    def check(self) -> float | None:
        assert self.place is None
        self.visits += 1
        return self.answers.pop(0)


class Timer:
    def __init__(self, loop: "Clock", due_at: float, function: Any) -> None:
        self.loop, self.due_at, self.function = loop, due_at, function

    def cancel(self) -> None:
        self.loop.timers.remove(self)


class Clock:
    """The clock of an event loop, which goes on when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.3
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, due_at: float, function: Any) -> Timer:
        self.timers.append(Timer(self, due_at, function))
        return self.timers[-1]

    def turn(self) -> float:
        """Let the only timer fire; return how long that took."""
        [timer] = self.timers
        self.timers.clear()
        before, self.now = self.now, timer.due_at
        timer.function()
        return self.now - before


@pytest.fixture(name="clock")
def _clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(_rounds, "asyncio", SimpleNamespace(get_running_loop=lambda: clock))
    return clock


@pytest.mark.parametrize("seconds", [0.01, 0.3, 1, 7.5, 15, 60, 3600])
def test_it_is_looked_after_when_it_is_due_or_an_eighth_later(clock: Clock, seconds: float) -> None:
    rounds, visited = Rounds(), Visited(seconds, seconds, None)
    rounds.add(visited, seconds)
    for _ in range(3):
        assert seconds <= clock.turn() <= seconds * 9 / 8
    assert visited.visits == 3
    assert visited.place is None
    assert clock.timers == []


def test_those_who_are_due_at_about_the_same_time_share_a_timer(clock: Clock) -> None:
    rounds, several = Rounds(), [Visited(15.0) for _ in range(100)]
    for visited in several:
        rounds.add(visited, 15.0)
        clock.now += 0.001
    assert len({id(visited.place) for visited in several}) == 1
    clock.turn()
    assert [visited.visits for visited in several] == [1] * 100


def test_each_is_looked_after_in_its_turn(clock: Clock) -> None:
    rounds, slow, quick = Rounds(), Visited(None), Visited(1.0, 1.0, None)
    rounds.add(slow, 2.5)
    rounds.add(quick, 1.0)  # before the other one: the timer is set anew
    visits = []
    while clock.timers:
        clock.turn()
        visits.append((quick.visits, slow.visits))
    assert visits == [(1, 0), (2, 0), (2, 1), (3, 1)]


def test_who_leaves_is_looked_after_no_more_and_leaves_nothing(clock: Clock) -> None:
    rounds, first, second = Rounds(), Visited(), Visited(None)
    rounds.add(first, 1.0)
    rounds.add(second, 1.0)
    assert first.place is not None
    first.place.leave(first)
    assert len(clock.timers) == 1
    clock.turn()
    assert (first.visits, second.visits) == (0, 1)
    for seconds in (1.0, 10.0):
        rounds.add(first, seconds)
        rounds.add(second, 5.0)
        assert first.place is not None
        first.place.leave(first)
        assert len(clock.timers) == 1
        assert second.place is not None
        second.place.leave(second)
        assert clock.timers == []


def test_ages_are_cut_down_to_what_event_loops_take(clock: Clock) -> None:
    rounds, visited = Rounds(), Visited(None)
    rounds.add(visited, 1e300)
    assert LONGEST_SECONDS <= clock.turn() <= LONGEST_SECONDS * 9 / 8


def test_each_event_loop_has_its_own() -> None:
    with asyncio.Runner() as one, asyncio.Runner() as other:
        rounds = one.run(_find())
        assert one.run(_find()) is rounds
        assert other.run(_find()) is not rounds


async def _find() -> Rounds:
    return find_rounds()


async def test_event_loop_looks_after_them() -> None:
    done = asyncio.Event()

    class Last(Visited):
        def check(self) -> float | None:
            seconds = super().check()
            if seconds is None:
                done.set()
            return seconds

    visited = Last(0.001, None)
    find_rounds().add(visited, 0.001)
    async with asyncio.timeout(5):
        await done.wait()
    assert visited.visits == 2
    assert visited.place is None
