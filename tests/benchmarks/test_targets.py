"""Promises are judged by their worst figure."""

from typing import Any

from tests.benchmarks.targets import Target, judge, table


def judged(**results: Any) -> dict[str, tuple[float, bool]]:
    return {target.words: (round(target.figure, 3), target.is_met) for target in judge(results)}


def test_without_figures_nothing_is_judged() -> None:
    assert judge({}) == []
    assert table({}).rows == []


def test_request_is_held_against_each_peer_in_each_case() -> None:
    def us(**figures: float) -> dict[str, Any]:
        return {name: {"us": value} for name, value in figures.items()}

    cases = {
        "plaintext": us(bocadillo=2, falcon=4, starlette=7, fastapi=40),
        "json": us(bocadillo=3, falcon=2, starlette=8, fastapi=40),
        "stream": us(bocadillo=60, falcon=30, litestar=120),
    }
    found = judged(inprocess={"cases": cases})
    assert found == {
        "CPU of a request beside the cheapest peer's, each case": (1.5, False),
        "CPU of a request beside Starlette's": (0.375, False),
        "CPU of a request beside FastAPI's": (0.075, True),
        "CPU of a stream beside those that listen too": (0.5, True),
    }


def test_calls_are_held_against_their_limits() -> None:
    cases = {"json": {"bocadillo": 30}, "param": {"bocadillo": 46}, "di": {"bocadillo": 75}}
    assert judged(calls={"cases": cases}) == {
        "Calls for JSON": (30, True),
        "Calls for a path parameter": (46, False),
        "Calls for two providers": (75, True),
    }


def test_routing_may_not_grow() -> None:
    few = {"first": 2.0, "last": 2.0, "register": 0.1, "start": 0.1}
    many = {"first": 2.0, "last": 4.0, "register": 0.4, "start": 0.5}
    sizes = {"10": {"bocadillo": few}, "10000": {"bocadillo": many}}
    assert judged(routing={"sizes": {"static": sizes}}) == {
        "Look-up among 10\u00a0000 routes beside 10": (2.0, False),
        "Seconds to register 10\u00a0000 routes and start": (0.9, True),
    }


def test_shares_have_to_be_large() -> None:
    cases = {
        "plaintext": {"bocadillo": {"share": 0.95}, "falcon": {"share": 0.9}},
        "json": {"bocadillo": {"share": 0.9}, "falcon": {"share": 0.6}},
    }
    first, second = judge({"server": {"cases": cases}})
    assert (first.figure, first.where, first.is_met) == (0.9, "json", False)
    assert (second.where, second.is_met) == ("plaintext, Falcon", True)


def test_open_connections_are_held_against_hand_written_ones() -> None:
    kinds = {"socket": {"bocadillo": {"ratio": 1.1}}, "stream": {"bocadillo": {"ratio": 1.2}}}
    found = judged(idle={"kinds": kinds}, fanout={"frameworks": {"bocadillo": {"us-ratio": 1.25}}})
    assert found == {
        "Memory of an idle connection beside hand-written ASGI's": (1.2, False),
        "CPU of a message to many beside hand-written ASGI's": (1.25, True),
    }


def test_startup_is_held_against_starlette() -> None:
    found = judge({"startup": {"frameworks": {"bocadillo": {"ratio": 1.2}}}})
    assert [target.is_met for target in found] == [True]


def test_table_says_where_it_was_worst() -> None:
    rows = table({"calls": {"cases": {"json": {"bocadillo": 36}}}}).rows
    assert rows == [["Calls for JSON", "at most 35", "36", "no"]]
    assert Target("t", 1.0, 1.0, at_least=True).is_met
