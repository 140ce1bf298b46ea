"""A sandwich bar: a small JSON service."""

# --8<-- [start:create]
from typing import Annotated

from msgspec import Meta, Struct

from bocadillo import App, HTTPError, Request, Response

app = App("sandwich bar")
# --8<-- [end:create]


# --8<-- [start:model]
class Sandwich(Struct):
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    price: Annotated[float, Meta(gt=0)]
    vegetarian: bool = False
    left: int = 10


class SoldOutError(Exception):
    pass


menu: dict[int, Sandwich] = {}
# --8<-- [end:model]


# --8<-- [start:startup]
@app.on("startup")
async def open_the_bar() -> None:
    menu.clear()
    menu[1] = Sandwich("Calamares", 6.5, left=1)
    menu[2] = Sandwich("Pan con tomate", 3, vegetarian=True)


# --8<-- [end:startup]


# --8<-- [start:hello]
@app.route("/")
async def hello(req: Request, res: Response) -> None:
    res.text = "Welcome to the sandwich bar!"


# --8<-- [end:hello]


# --8<-- [start:list]
@app.route("/sandwiches", methods=["GET", "POST"])
async def sandwiches(
    req: Request, res: Response, vegetarian: bool = False, max_price: float = 100
) -> None:
    if req.method == "POST":
        pk = len(menu) + 1
        menu[pk] = await req.json(Sandwich)
        res.status_code = 201
        res.headers["location"] = f"/sandwiches/{pk}"
        return
    res.json = {
        pk: sandwich.name
        for pk, sandwich in menu.items()
        if sandwich.price <= max_price and (sandwich.vegetarian or not vegetarian)
    }


# --8<-- [end:list]


# --8<-- [start:show]
def find_sandwich(pk: int) -> Sandwich:
    if pk not in menu:
        raise HTTPError(404, f"There is no sandwich {pk}.")
    return menu[pk]


@app.route("/sandwiches/{pk}")
async def show_sandwich(req: Request, res: Response, pk: int) -> None:
    res.json = find_sandwich(pk)


# --8<-- [end:show]


# --8<-- [start:order]
@app.route("/sandwiches/{pk}/orders", methods=["POST"])
async def order_sandwich(req: Request, res: Response, pk: int, count: int = 1) -> None:
    sandwich = find_sandwich(pk)
    if sandwich.left < count:
        raise SoldOutError(sandwich.name)
    sandwich.left -= count
    res.json = {"name": sandwich.name, "total": sandwich.price * count}


# --8<-- [end:order]


# --8<-- [start:error]
@app.error_handler(SoldOutError)
async def on_sold_out(req: Request, res: Response, exc: SoldOutError) -> None:
    res.status_code = 409
    res.json = {"error": f"{exc} is sold out. Come back tomorrow!"}


# --8<-- [end:error]


# --8<-- [start:patterns]
@app.route("/table-{number}")
async def show_table(req: Request, res: Response, number: int) -> None:
    res.html = f"<h1>Table {number}</h1>"


@app.route("/photos/{path:path}")
async def show_photo(req: Request, res: Response, path: str) -> None:
    res.text = f"Imagine a photo of {path}."


# --8<-- [end:patterns]
