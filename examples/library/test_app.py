import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bocadillo import create_client

from app import app


# --8<-- [start:client]
@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "library.db")


@pytest.fixture
def client(database: str) -> Iterator[TestClient]:
    providers = {"database": database, "today": date(2026, 11, 24)}
    with create_client(app, providers=providers) as client:
        client.post("/books", json={"title": "Don Quijote", "copies": 2})
        yield client


# --8<-- [end:client]


# --8<-- [start:rollback]
def rows(database: str, query: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(query).fetchall()


def test_a_second_loan_of_the_same_book_changes_nothing(client: TestClient, database: str) -> None:
    assert client.post("/books/1/loans", json={"name": "Ada"}).status_code == 200
    assert client.post("/books/1/loans", json={"name": "Ada"}).status_code == 409
    assert rows(database, "SELECT copies FROM books") == [(1,)]
    assert rows(database, "SELECT reader, due FROM loans") == [("Ada", "2026-12-15")]


# --8<-- [end:rollback]


def test_loans_and_refusals_are_in_the_journal(client: TestClient) -> None:
    for name in ("Ada", "Ada", "Grace", "Edsger"):
        client.post("/books/1/loans", json={"name": name})
    assert client.get("/journal").json() == [
        "Ada has Don Quijote",
        "refused: POST /books/1/loans",
        "Grace has Don Quijote",
        "refused: POST /books/1/loans",
    ]


# --8<-- [start:overdue]
def test_a_loan_is_overdue_after_three_weeks(client: TestClient, database: str) -> None:
    client.post("/books/1/loans", json={"name": "Ada"})
    assert client.get("/overdue").json() == []
    providers = {"database": database, "today": date(2026, 12, 16)}
    with create_client(app, providers=providers) as later:
        assert [loan["reader"] for loan in later.get("/overdue").json()] == ["Ada"]


# --8<-- [end:overdue]


def test_a_book_that_comes_back_can_be_lent_again(client: TestClient) -> None:
    client.post("/books", json={"title": "Rayuela"})
    client.post("/books/2/loans", json={"name": "Ada"})
    assert client.post("/books/2/loans", json={"name": "Grace"}).status_code == 409
    assert client.delete("/books/2/loans/Ada").status_code == 204
    assert client.delete("/books/2/loans/Ada").status_code == 404
    assert client.post("/books/2/loans", json={"name": "Grace"}).status_code == 200


def test_books_are_listed_and_found(client: TestClient) -> None:
    answer = client.post("/books", json={"title": "Ada o el ardor"})
    assert (answer.status_code, answer.headers["location"]) == (201, "/books/2")
    assert [book["title"] for book in client.get("/books").json()] == [
        "Ada o el ardor",
        "Don Quijote",
    ]
    assert client.get("/books/9").json()["detail"] == "There is no book 9."
    assert client.post("/books", json={"title": "Don Quijote"}).status_code == 409


def test_what_is_committed_is_there_after_a_restart(database: str) -> None:
    for count in (1, 2):
        with create_client(app, providers={"database": database}) as client:
            client.post("/books", json={"title": f"Volume {count}"})
            assert len(client.get("/books").json()) == count


def test_connections_are_given_back_whatever_happens(client: TestClient) -> None:
    for _ in range(10):  # more often than there are connections
        assert client.get("/books/9").status_code == 404
        assert client.post("/books", json={"title": "Don Quijote"}).status_code == 409
    assert client.get("/books/1").status_code == 200
