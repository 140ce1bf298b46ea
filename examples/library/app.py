"""A lending library: a database file, a pool of connections, a transaction for each request."""

# --8<-- [start:create]
import os
import sqlite3
from asyncio import LifoQueue
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from typing import Annotated, Any

import aiosqlite
from msgspec import Meta, Struct

from bocadillo import App, HTTPError, Request, Response, provider

app = App("library")
# --8<-- [end:create]

# --8<-- [start:schema]
SCHEMA = """
CREATE TABLE IF NOT EXISTS books (
    pk INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, copies INTEGER NOT NULL CHECK (copies >= 0)
);
CREATE TABLE IF NOT EXISTS loans (
    book INTEGER NOT NULL REFERENCES books, reader TEXT NOT NULL, due TEXT NOT NULL,
    PRIMARY KEY (book, reader)
);
CREATE TABLE IF NOT EXISTS journal (line TEXT NOT NULL);
"""
# --8<-- [end:schema]


# --8<-- [start:model]
class NewBook(Struct):
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    copies: Annotated[int, Meta(ge=1, le=100)] = 1


class Book(Struct):
    pk: int
    title: str
    copies: int


class Reader(Struct):
    name: Annotated[str, Meta(min_length=1, max_length=40)]


# --8<-- [end:model]


# --8<-- [start:pool]
Connection = aiosqlite.Connection
Pool = LifoQueue[Connection]


@provider(scope="app")
def database() -> str:
    return os.environ.get("LIBRARY_DATABASE", "library.db")


@provider(scope="app")
async def pool(database: str) -> AsyncIterator[Pool]:
    connections: Pool = LifoQueue()
    async with AsyncExitStack() as opened:
        for _ in range(4):
            db = aiosqlite.connect(database, isolation_level=None)
            await opened.enter_async_context(db)
            await db.execute("PRAGMA foreign_keys = ON")
            connections.put_nowait(db)
        await db.execute("PRAGMA journal_mode = WAL")
        await db.executescript(SCHEMA)
        yield connections


# --8<-- [end:pool]


# --8<-- [start:transaction]
@provider
async def db(pool: Pool, req: Request) -> AsyncIterator[Connection]:
    connection = await pool.get()
    reads = req.method in ("GET", "HEAD")
    try:
        await connection.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
        yield connection
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
    finally:
        pool.put_nowait(connection)


# --8<-- [end:transaction]


# --8<-- [start:books]
class Books:
    def __init__(self, db: Connection) -> None:
        self.db = db

    async def all(self) -> list[Book]:
        rows = await self.db.execute_fetchall("SELECT pk, title, copies FROM books ORDER BY title")
        return [Book(*row) for row in rows]

    async def find(self, pk: int) -> Book:
        query = "SELECT pk, title, copies FROM books WHERE pk = ?"
        for row in await self.db.execute_fetchall(query, [pk]):
            return Book(*row)
        raise HTTPError(404, f"There is no book {pk}.")

    async def add(self, new: NewBook) -> Book:
        query = "INSERT INTO books (title, copies) VALUES (?, ?)"
        cursor = await self.db.execute(query, [new.title, new.copies])
        return Book(cursor.lastrowid or 0, new.title, new.copies)


@provider
def books(db: Connection) -> Books:
    return Books(db)


# --8<-- [end:books]


# --8<-- [start:loans]
class Loans:
    def __init__(self, db: Connection, today: date) -> None:
        self.db = db
        self.today = today

    async def lend(self, book: Book, reader: str) -> date:
        due = self.today + timedelta(weeks=3)
        take = "UPDATE books SET copies = copies - 1 WHERE pk = ?"
        await self.db.execute(take, [book.pk])
        note = "INSERT INTO loans (book, reader, due) VALUES (?, ?, ?)"
        await self.db.execute(note, [book.pk, reader, due.isoformat()])
        return due

    async def end(self, book: Book, reader: str) -> None:
        strike = "DELETE FROM loans WHERE book = ? AND reader = ?"
        cursor = await self.db.execute(strike, [book.pk, reader])
        if not cursor.rowcount:
            raise HTTPError(404, f"{reader} does not have {book.title}.")
        await self.db.execute("UPDATE books SET copies = copies + 1 WHERE pk = ?", [book.pk])

    async def overdue(self) -> list[dict[str, Any]]:
        query = "SELECT title, reader, due FROM loans JOIN books ON book = pk WHERE due < ?"
        rows = await self.db.execute_fetchall(query, [self.today.isoformat()])
        return [dict(zip(("title", "reader", "due"), row, strict=True)) for row in rows]


@provider
def today() -> date:
    return date.today()  # noqa: DTZ011 - the day at the library's desk


@provider
def loans(db: Connection, today: date) -> Loans:
    return Loans(db, today)


# --8<-- [end:loans]


# --8<-- [start:views]
@app.route("/books")
class BookList:
    async def get(self, req: Request, res: Response, books: Books) -> None:
        res.json = await books.all()

    async def post(self, req: Request, res: Response, new: NewBook, books: Books) -> None:
        book = await books.add(new)
        res.status_code = 201
        res.headers["location"] = f"/books/{book.pk}"
        res.json = book


@app.route("/books/{pk}")
async def show_book(req: Request, res: Response, pk: int, books: Books) -> None:
    res.json = await books.find(pk)


# --8<-- [end:views]


# --8<-- [start:lend]
@app.route("/books/{pk}/loans", methods=["post"])
async def lend(
    req: Request, res: Response, pk: int, reader: Reader, books: Books, loans: Loans
) -> None:
    book = await books.find(pk)
    due = await loans.lend(book, reader.name)
    res.background(write, f"{reader.name} has {book.title}")
    res.json = {"title": book.title, "due": due}


@app.route("/books/{pk}/loans/{reader}", methods=["delete"])
async def give_back(
    req: Request, res: Response, pk: int, reader: str, books: Books, loans: Loans
) -> None:
    await loans.end(await books.find(pk), reader)
    res.status_code = 204


# --8<-- [end:lend]


@app.route("/overdue")
async def overdue(req: Request, res: Response, loans: Loans) -> None:
    res.json = await loans.overdue()


@app.route("/journal")
async def show_journal(req: Request, res: Response, db: Connection) -> None:
    res.json = [line for (line,) in await db.execute_fetchall("SELECT line FROM journal")]


# --8<-- [start:journal]
async def write(line: str, db: Connection) -> None:
    await db.execute("INSERT INTO journal VALUES (?)", [line])


@app.error_handler(sqlite3.IntegrityError)
async def on_refusal(
    req: Request, res: Response, exc: sqlite3.IntegrityError, db: Connection
) -> None:
    await write(f"refused: {req.method} {req.url.path}", db)
    res.status_code = 409
    res.json = {"error": "The library's rules do not allow that."}


# --8<-- [end:journal]
