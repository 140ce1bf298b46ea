"""A recipe book: pages and a JSON API, with forms, uploads, sessions, templates, static files."""

# --8<-- [start:create]
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import anyio
from msgspec import Meta, Struct

from bocadillo import App, HTTPError, Redirect, Request, Response, Router, configure, hooks
from bocadillo.error_handlers import error_to_html, error_to_json
from bocadillo.middleware import Middleware
from bocadillo.requests import UploadFile
from bocadillo.templates import Templates

HERE = Path(__file__).parent

app = App("recipes")
configure(
    app,
    secret_key=os.environ.get("SECRET_KEY") or secrets.token_hex(32),
    sessions=True,
    static_dir=HERE / "static",
    max_body_size=2 * 1024 * 1024,
)
templates = Templates(HERE / "templates", {"title": "The recipe book"}, app=app)
# --8<-- [end:create]


# --8<-- [start:model]
class Recipe(Struct):
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    minutes: Annotated[int, Meta(ge=1, le=1440)]
    ingredients: list[str] = []
    author: str = ""
    photo: str = ""


recipes: dict[int, Recipe] = {}
# --8<-- [end:model]


# --8<-- [start:startup]
photos = TemporaryDirectory(prefix="recipes-")


@app.on("startup")
def fill_the_book() -> None:
    recipes.clear()
    recipes[1] = Recipe("Gazpacho", 20, ["tomato", "cucumber", "garlic"])
    recipes[2] = Recipe("Tortilla", 45, ["egg", "potato", "onion"])


@app.on("shutdown")
def forget_the_photos() -> None:
    photos.cleanup()


# --8<-- [end:startup]


def find_recipe(pk: int) -> Recipe:
    if pk not in recipes:
        raise HTTPError(404, f"There is no recipe {pk}.")
    return recipes[pk]


# --8<-- [start:hook]
async def need_cook(req: Request, res: Response, params: dict[str, object]) -> None:
    if "cook" not in req.session:
        raise HTTPError(401, "Log in first.")


# --8<-- [end:hook]


# --8<-- [start:api]
api = Router()


@api.route("/recipes")
class Recipes:
    async def get(self, req: Request, res: Response, max_minutes: int = 1440) -> None:
        res.json = {pk: recipe for pk, recipe in recipes.items() if recipe.minutes <= max_minutes}

    @hooks.before(need_cook)
    async def post(self, req: Request, res: Response, recipe: Recipe) -> None:
        pk = max(recipes, default=0) + 1
        recipes[pk] = recipe
        recipe.author = req.session["cook"]
        res.status_code = 201
        res.headers["location"] = req.url_for("api_recipe", pk=pk)
        res.json = recipe


# --8<-- [end:api]


# --8<-- [start:api-recipe]
@api.route("/recipes/{pk}", name="api_recipe")
class OneRecipe:
    async def get(self, req: Request, res: Response, pk: int) -> None:
        res.json = find_recipe(pk)

    @hooks.before(need_cook)
    async def delete(self, req: Request, res: Response, pk: int) -> None:
        find_recipe(pk)
        del recipes[pk]
        res.status_code = 204


app.include_router(api, prefix="/api")
# --8<-- [end:api-recipe]


# --8<-- [start:pages]
@app.route("/")
async def index(req: Request, res: Response) -> None:
    res.html = await templates.render("index.html", recipes=recipes, cook=find_cook(req))


@app.route("/recipes/{pk}")
async def show(req: Request, res: Response, pk: int) -> None:
    recipe = find_recipe(pk)
    res.html = await templates.render("recipe.html", pk=pk, recipe=recipe, cook=find_cook(req))


# --8<-- [end:pages]


def find_cook(req: Request) -> str | None:
    cook: str | None = req.session.get("cook")
    return cook


# --8<-- [start:login]
@app.route("/login")
class Login:
    async def get(self, req: Request, res: Response) -> None:
        res.html = await templates.render("login.html")

    async def post(self, req: Request, res: Response) -> None:
        form = await req.form()
        cook = str(form.get("cook", "")).strip()
        if not cook:
            raise HTTPError(400, "Expected a name in the field `cook`.")
        req.session.rotate()
        req.session["cook"] = cook
        raise Redirect("/")


@app.route("/logout", methods=["POST"])
async def logout(req: Request, res: Response) -> None:
    req.session.clear()
    res.redirect("/")


# --8<-- [end:login]


# --8<-- [start:upload]
KINDS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


@app.route("/recipes/{pk}/photo")
class Photo:
    async def get(self, req: Request, res: Response, pk: int) -> None:
        await res.file(Path(photos.name, find_recipe(pk).photo or "missing"), attach=False)
        res.headers["cache-control"] = "no-cache"

    @hooks.before(need_cook)
    async def post(self, req: Request, res: Response, pk: int) -> None:
        recipe = find_recipe(pk)
        async with req.form(max_files=1) as form:
            photo = form.get("photo")
            if not isinstance(photo, UploadFile) or photo.content_type not in KINDS:
                raise HTTPError(415, f"Expected a photo of the type {', '.join(KINDS)}.")
            name = f"{pk}{KINDS[photo.content_type]}"
            await anyio.Path(photos.name, name).write_bytes(await photo.read())
        recipe.photo = name
        res.background(print, f"{find_cook(req)} added a photo of {recipe.name}")
        res.redirect(req.url_for("show", pk=pk))


# --8<-- [end:upload]


# --8<-- [start:export]
@app.route("/book.txt")
async def export(req: Request, res: Response) -> None:
    res.attachment = "recipes.txt"

    @res.stream
    async def write() -> AsyncIterator[str]:
        for recipe in recipes.values():
            yield f"{recipe.name}, {recipe.minutes} minutes: {', '.join(recipe.ingredients)}\n"


# --8<-- [end:export]


# --8<-- [start:errors]
@app.error_handler(HTTPError)
async def answer_error(req: Request, res: Response, exc: HTTPError) -> None:
    handler = error_to_json if req.url.path.startswith("/api/") else error_to_html
    await handler(req, res, exc)


# --8<-- [end:errors]


# --8<-- [start:middleware]
class NoIndex(Middleware):
    async def after_dispatch(self, req: Request, res: Response) -> None:
        res.headers["x-robots-tag"] = "noindex"


app.add_middleware(NoIndex)
# --8<-- [end:middleware]
