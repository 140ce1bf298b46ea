"""What wrk says, and what becomes of it."""

import pytest

from tests.benchmarks.server import parse_wrk, summarize

SAID = """Running 1s test @ http://127.0.0.1:9100/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.64ms  402.37us   7.94ms   93.02%
  Latency Distribution
     50%  612.00us
     75%    1.72ms
     90%    1.91ms
     99%    3.16ms
  19432 requests in 1.00s, 2.82MB read
Requests/sec:  19381.45
"""


def test_figures_of_wrk_are_read() -> None:
    assert parse_wrk(SAID) == {
        "rps": 19381.45,
        "requests": 19432.0,
        "p50": pytest.approx(0.612),
        "p99": 3.16,
    }


@pytest.mark.parametrize("line", ["Non-2xx or 3xx responses: 4", "Socket errors: connect 1"])
def test_figures_with_errors_are_worth_nothing(line: str) -> None:
    with pytest.raises(ValueError, match="wrk met errors"):
        parse_wrk(SAID + line)


def test_share_is_of_the_servers_time_where_the_system_tells_it() -> None:
    raw = [{"rps": 100.0, "cpu": 20.0}, {"rps": 100.0, "cpu": 20.0}]
    ours = [{"rps": 10.0, "cpu": 25.0}, {"rps": 90.0, "cpu": 25.0}]
    assert summarize({"raw": raw, "bocadillo": ours})["bocadillo"]["share"] == 0.8


def test_share_is_of_the_clocks_time_where_it_does_not() -> None:
    runs = {"raw": [{"rps": 100.0}], "bocadillo": [{"rps": 90.0}]}
    found = summarize(runs)["bocadillo"]
    assert (found["share"], found["cpu"], found["p99"]) == (0.9, None, None)
