from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bocadillo import create_client

from app import app

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def server() -> Iterator[TestClient]:
    with create_client(app) as client:
        yield client


@pytest.fixture
def client(server: TestClient) -> TestClient:
    server.cookies.clear()
    return server


# --8<-- [start:login]
@pytest.fixture
def cook(client: TestClient) -> TestClient:
    answer = client.post("/login", data={"cook": "Ada"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    return client


def test_who_is_logged_in_is_remembered_until_the_logout(cook: TestClient) -> None:
    assert "Cooking: Ada" in cook.get("/").text
    cook.post("/logout")
    assert "Log in" in cook.get("/").text


# --8<-- [end:login]


def test_login_without_a_name_is_refused_with_a_page(client: TestClient) -> None:
    answer = client.post("/login", data={"cook": " "})
    assert answer.status_code == 400
    assert "<p>Expected a name in the field `cook`.</p>" in answer.text


def test_names_are_escaped(client: TestClient) -> None:
    assert "Cooking: &lt;b&gt;" in client.post("/login", data={"cook": "<b>"}).text


def test_recipes_are_narrowed_by_time(client: TestClient) -> None:
    assert list(client.get("/api/recipes", params={"max_minutes": 30}).json()) == ["1"]
    assert client.get("/api/recipes?max_minutes=soon").json()["detail"] == {
        "max_minutes": "Expected `int`, got `soon`"
    }


def test_recipe_is_added_shown_and_deleted_by_a_cook(cook: TestClient) -> None:
    answer = cook.post("/api/recipes", json={"name": "Pisto", "minutes": 40})
    where = answer.headers["location"]
    assert (answer.status_code, where) == (201, "/api/recipes/3")
    assert cook.get(where).json()["author"] == "Ada"
    assert cook.delete(where).status_code == 204
    assert cook.get(where).json()["detail"] == "There is no recipe 3."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"name": "Pisto"}, {"minutes": "Missing required field"}),
        ({"name": "Pisto", "minutes": 0}, {"minutes": "Expected `int` >= 1"}),
        ({"name": "", "minutes": 1}, {"name": "Expected `str` of length >= 1"}),
    ],
)
def test_recipe_that_is_wrong_is_refused(
    cook: TestClient, body: dict[str, object], detail: dict[str, str]
) -> None:
    answer = cook.post("/api/recipes", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


def test_only_cooks_change_the_book(client: TestClient) -> None:
    answer = client.post("/api/recipes", json={"name": "Pisto", "minutes": 40})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Log in first.")


def test_form_of_another_site_is_refused(cook: TestClient) -> None:
    answer = cook.post("/logout", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Cooking: Ada" in cook.get("/").text


# --8<-- [start:upload]
def test_photo_is_uploaded_and_shown(cook: TestClient) -> None:
    files = {"photo": ("../../tortilla.png", PNG, "image/png")}
    answer = cook.post("/recipes/2/photo", files=files)
    assert '<img src="/recipes/2/photo" alt="Tortilla">' in answer.text
    photo = cook.get("/recipes/2/photo")
    assert (photo.content, photo.headers["content-type"]) == (PNG, "image/png")
    assert cook.get("/recipes/2/photo", headers={"range": "bytes=1-3"}).content == b"PNG"


# --8<-- [end:upload]


def test_photo_must_be_a_picture(cook: TestClient) -> None:
    assert cook.post("/recipes/1/photo", files={"photo": b"<script>"}).status_code == 415
    assert cook.get("/recipes/1/photo").status_code == 404


def test_book_is_downloaded(client: TestClient) -> None:
    answer = client.get("/book.txt")
    assert answer.headers["content-disposition"] == 'attachment; filename="recipes.txt"'
    assert answer.text.splitlines()[0] == "Gazpacho, 20 minutes: tomato, cucumber, garlic"


def test_pages_have_their_style_and_are_not_for_robots(client: TestClient) -> None:
    assert client.get("/static/style.css").headers["content-type"].startswith("text/css")
    answer = client.get("/recipes/1")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["x-frame-options"] == "DENY"
