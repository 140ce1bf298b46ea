from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bocadillo import create_client

from app import app


# --8<-- [start:client]
@pytest.fixture
def client() -> Iterator[TestClient]:
    with create_client(app) as client:
        yield client


def test_bar_says_hello(client: TestClient) -> None:
    assert client.get("/").text == "Welcome to the sandwich bar!"


# --8<-- [end:client]


# --8<-- [start:table]
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"1": "Calamares", "2": "Pan con tomate"}),
        ("?vegetarian=true", {"2": "Pan con tomate"}),
        ("?max_price=5", {"2": "Pan con tomate"}),
        ("?vegetarian=yes", None),
    ],
)
def test_menu_can_be_narrowed(client: TestClient, query: str, names: dict[str, str] | None) -> None:
    answer = client.get(f"/sandwiches{query}")
    assert answer.status_code == (200 if names else 400)
    assert names is None or answer.json() == names


# --8<-- [end:table]


def test_sandwich_is_added_and_found(client: TestClient) -> None:
    answer = client.post("/sandwiches", json={"name": "Tortilla", "price": 4})
    assert (answer.status_code, answer.headers["location"]) == (201, "/sandwiches/3")
    expected = {"name": "Tortilla", "price": 4.0, "vegetarian": False, "left": 10}
    assert client.get("/sandwiches/3").json() == expected


def test_sandwich_for_nothing_is_refused(client: TestClient) -> None:
    answer = client.post("/sandwiches", json={"name": "Air", "price": 0})
    assert answer.status_code == 400
    assert answer.json()["detail"] == {"price": "Expected `float` > 0.0"}


def test_sandwich_that_does_not_exist_is_a_404(client: TestClient) -> None:
    assert client.get("/sandwiches/9").json() == {
        "error": "404 Not Found",
        "status": 404,
        "detail": "There is no sandwich 9.",
    }


def test_last_sandwich_can_be_ordered_once(client: TestClient) -> None:
    assert client.post("/sandwiches/1/orders").json() == {"name": "Calamares", "total": 6.5}
    answer = client.post("/sandwiches/1/orders")
    assert answer.status_code == 409
    assert answer.json() == {"error": "Calamares is sold out. Come back tomorrow!"}
    assert client.post("/sandwiches/2/orders?count=4").json()["total"] == 12.0


def test_patterns_match_parts_of_a_path(client: TestClient) -> None:
    assert client.get("/table-7").text == "<h1>Table 7</h1>"
    assert client.get("/table-seven").status_code == 400
    assert client.get("/photos/2026/calamares.jpg").text == "Imagine a photo of 2026/calamares.jpg."
