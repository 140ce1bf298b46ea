"""A first application, from its routes to its errors, as a client sees it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bocadillo import App, HTTPError, Request, Response, create_client
from bocadillo.error_handlers import error_to_text


class OutOfStock(Exception):  # noqa: N818 - as an application may name it
    pass


def make_shop() -> App:
    app = App("shop")
    stock: dict[int, int] = {}

    @app.on("startup")
    async def fill() -> None:
        stock.update({1: 2, 2: 0})

    @app.on("shutdown")
    def empty() -> None:
        stock.clear()

    @app.error_handler(OutOfStock)
    async def out_of_stock(req: Request, res: Response, exc: OutOfStock) -> None:
        raise HTTPError(409, f"sandwich {exc} is out of stock") from exc

    @app.route("/sandwiches")
    async def list_sandwiches(req: Request, res: Response, at_least: int = 0) -> None:
        res.json = {str(pk): count for pk, count in stock.items() if count >= at_least}

    @app.route("/sandwiches/{pk}")
    async def show(req: Request, res: Response, pk: int) -> None:
        if pk not in stock:
            raise HTTPError(404, {"pk": pk})
        res.json = stock[pk]

    @app.route("/sandwiches/{pk}/orders", methods=["post"])
    async def order(req: Request, res: Response, pk: int) -> None:
        wanted = await req.json(int)
        if stock[pk] < wanted:
            raise OutOfStock(pk)
        stock[pk] -= wanted
        res.status_code = 201
        res.headers["location"] = f"/sandwiches/{pk}"
        res.set_cookie("last", str(pk))

    @app.route("/{anything:path}")
    async def help_(req: Request, res: Response, anything: str) -> None:
        res.text = f"there is no {anything!r}"

    return app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with create_client(make_shop()) as client:
        yield client


def test_client_orders_until_nothing_is_left(client: TestClient) -> None:
    answer = client.post("/sandwiches/1/orders", json=2)
    assert (answer.status_code, answer.headers["location"]) == (201, "/sandwiches/1")
    assert client.cookies["last"] == "1"
    assert client.get("/sandwiches/1").json() == 0
    answer = client.post("/sandwiches/1/orders", json=1)
    assert answer.json() == {
        "error": "409 Conflict",
        "status": 409,
        "detail": "sandwich 1 is out of stock",
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("GET", "/sandwiches/x", None, 400, {"pk": "Expected `int`, got `x`"}),
        ("GET", "/sandwiches?at_least=x", None, 400, {"at_least": "Expected `int`, got `x`"}),
        ("GET", "/sandwiches/3", None, 404, {"pk": 3}),
        ("POST", "/sandwiches/1/orders", '"x"', 400, {"body": "Expected `int`, got `str`"}),
        ("POST", "/sandwiches/1/orders", "}", 400, "JSON is malformed."),
        ("PUT", "/sandwiches", None, 405, None),
    ],
)
def test_mistakes_of_the_client_are_explained(
    client: TestClient, method: str, path: str, body: str | None, status: int, detail: object
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.request(method, path, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json().get("detail") == detail


def test_query_narrows_the_list(client: TestClient) -> None:
    assert client.get("/sandwiches").json() == {"1": 2, "2": 0}
    assert client.get("/sandwiches?at_least=1").json() == {"1": 2}


def test_first_registered_route_wins_over_the_one_that_takes_everything(client: TestClient) -> None:
    assert client.get("/sandwiches").json() == {"1": 2, "2": 0}
    assert client.get("/a/b").text == "there is no 'a/b'"


def test_newline_at_the_end_of_a_path_is_part_of_it(client: TestClient) -> None:
    assert client.get("/sandwiches%0a").text == "there is no 'sandwiches\\n'"


def test_one_handler_changes_how_every_error_looks() -> None:
    app = make_shop()
    app.add_error_handler(HTTPError, error_to_text)
    with create_client(app) as client:
        assert client.get("/sandwiches/x").text == "400 Bad Request\npk: Expected `int`, got `x`"
        assert client.put("/sandwiches").text == "405 Method Not Allowed"
        assert client.put("/sandwiches").headers["allow"] == "GET, HEAD, OPTIONS"


def test_application_served_below_another_answers_its_own_paths() -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    outer = Starlette(routes=[Mount("/shop", app=make_shop())])
    assert create_client(outer).get("/shop/none").text == "there is no 'none'"
