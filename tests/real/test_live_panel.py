"""The panel of a live example, driven by clicks on a page without any theme."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Locator, Page

from livedocs import runtime
from livedocs.messages import example_to_json
from tests.livedocs import samples
from tests.real.browser import (
    BOOT_TIMEOUT_MS,
    Site,
    Visit,
    code_in,
    live,
    open_browser,
    open_visit,
    run_example,
    send_own,
    send_step,
    serve,
    wait_for_state,
)
from tests.real.live_pages import beside, block, write_page

pytestmark = pytest.mark.browser

APP = """\
from bocadillo import App

app = App()
orders = []


@app.route("/orders", methods=["get", "post"])
async def list_orders(req, res):
    if req.method == "POST":
        orders.append(await req.json())
    res.json = orders


@app.route("/burn")
async def burn(req, res):
    print("smells of toast")
    raise RuntimeError("burnt")


@app.route("/logo")
async def logo(req, res):
    res.headers["content-type"] = "image/png"
    res.content = b"\\x89PNG"


@app.route("/long")
async def long(req, res):
    res.text = "x" * 300_000


@app.route("/wait")
async def wait(req, res):
    while True:
        pass
"""
FEED = """\
import asyncio

from bocadillo import App, server_event

app = App()


@app.route("/events")
async def events(req, res):
    @res.event_stream
    async def feed():
        try:
            for number in range(3):
                yield server_event("count", json={"number": number})
                await asyncio.sleep(0.05)
            await asyncio.sleep(3600)
        finally:
            print("the reader has left")
"""
CHAT = """\
from bocadillo import App

app = App()
clients = set()


@app.websocket_route("/chat")
async def chat(ws, name: str = "nobody"):
    clients.add(ws)
    try:
        async for message in ws:
            if message == "go":
                return await ws.close(4000, "as you like")
            for client in list(clients):
                await client.send(f"{name}: {message}")
    finally:
        clients.remove(ws)
        print(f"{name} has left")
"""
MEMBERS = """\
import asyncio
from pathlib import Path

from bocadillo import App, Templates, configure
from words import HELLO

app = App()
configure(app, SESSIONS=True, SECRET_KEY="a key that is long enough for a test")
templates = Templates()


@app.route("/login", methods=["post"])
async def login(req, res):
    req.session["who"] = (await req.form())["who"]
    res.redirect("/me")


@app.route("/me")
async def me(req, res):
    size = len(await asyncio.to_thread(Path("images/logo.png").read_bytes))
    res.html = await templates.render("me.html", hello=HELLO, size=size, **req.session)
"""
SCRIPT = "import statistics\nprint(statistics.mean([1, 3]))\n"
ORDER = '[{"filling": "ham"}]'


def step(number: int, method: str, body: str) -> dict[str, Any]:
    headers = [["content-type", "application/json"]]
    return {
        "id": f"s{number}",
        "label": f"{method} /orders",
        "request": {"method": method, "target": "/orders", "headers": headers, "body": body},
        "expected": {"status": 200, "headers": [], "body": ORDER},
    }


def member_step(number: int, status: int, shown: str | None, **fields: Any) -> dict[str, Any]:
    expected = {"status": status, "headers": [], "body": shown}
    request = {"method": "GET", "target": "/me", "headers": [], "body": "", **fields}
    return {"id": f"s{number}", "label": "step", "request": request, "expected": expected}


def talk_step(number: int, source: str) -> dict[str, Any]:
    application = samples.application("", samples.talk_step(number, source))
    [step] = example_to_json(application)["steps"]
    return cast("dict[str, Any]", step)


FORM = ["content-type", "application/x-www-form-urlencoded"]
LOGIN = {"method": "POST", "target": "/login", "headers": [FORM], "body": "who=Ada"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "shop": {
        "kind": "app",
        "files": {"app.py": APP},
        "steps": [step(1, "POST", '{"filling": "ham"}'), step(2, "GET", "")],
    },
    "members": {
        "kind": "app",
        "files": {
            "app.py": MEMBERS,
            "words.py": "HELLO = 'Hello'\n",
            "templates/me.html": "{{ hello }}, {{ who }}: {{ size }}",
            "images/logo.png": "\udc89PNG",
            "static/style.css": "p { color: red }",
        },
        "steps": [
            member_step(1, 302, None, **LOGIN),
            member_step(2, 200, "Hello, Ada: 4", headers=[["cookie", "session=..."]]),
            {
                **member_step(3, 200, "Hello, Ada: 4", **LOGIN),
                "manner": {"follows": True, "writes": "cookies.txt"},
            },
            member_step(4, 200, "p { color: red }", target="/static/style.css"),
        ],
    },
    "feed": {
        "kind": "app",
        "files": {"app.py": FEED},
        "steps": [
            {
                **member_step(1, 200, 'event: count\ndata: {"number": 0}\n\n...', target="/events"),
                "manner": {"events": 2},
            }
        ],
    },
    "chat": {
        "kind": "app",
        "files": {"app.py": CHAT},
        "steps": [
            talk_step(
                1,
                "ada /chat?name=ada\nbob /chat?name=bob\nada> hello\nbob< ada: hello\n"
                "bob> close 1000 bye\n",
            ),
            talk_step(2, "/missing\n< denied 404\n"),
        ],
    },
    "mean": {"kind": "script", "files": {"app.py": SCRIPT}, "steps": [], "output": "2\n"},
    "patient": {
        "kind": "script",
        "files": {"app.py": "import asyncio\nawait asyncio.sleep(3600)\n"},
        "steps": [],
    },
    "chatty": {
        "kind": "script",
        "files": {"app.py": "for number in range(5000):\n    print(number)\n"},
        "steps": [],
    },
    "leaver": {"kind": "script", "files": {"app.py": "import os\nos._exit(3)\n"}, "steps": []},
    "endless": {"kind": "script", "files": {"app.py": "while True:\n    pass\n"}, "steps": []},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built site of one page."""
    folder = tmp_path_factory.mktemp("site")
    runtime.build(folder)
    write_page(folder, "\n".join(block(*entry) + beside(entry[0]) for entry in EXAMPLES.items()))
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    with serve(folder) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Return a fresh visitor on the page; fails on any problem that the page had."""
    with open_visit(browser, site) as visit:
        visit.goto("/")
        yield visit
        assert visit.problems == []
        assert site.missing == []


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


def text(page: Page, example: str, selector: str) -> str:
    return live(page, example).locator(selector).first.inner_text()


def editor(page: Page, example: str) -> Locator:
    live(page, example).locator(".live-edit").click()
    return live(page, example).locator(".live-editor .cm-content")


def test_documented_requests_in_order_are_the_same_as_ci_checked(page: Page) -> None:
    assert run_example(page, "shop") == "running"
    assert [send_step(page, "shop", name) for name in ("s1", "s2")] == ["same", "same"]
    assert text(page, "shop", ".live-verdict") == "✓ Same as CI checked"
    assert text(page, "shop", ".live-code") == "200 OK"
    assert text(page, "shop", ".live-body") == '[\n  {\n    "filling": "ham"\n  }\n]'


def test_request_before_run_starts_the_app_and_is_sent(page: Page) -> None:
    assert send_step(page, "shop", "s1") == "same"
    assert live(page, "shop").get_attribute("data-state") == "running"


def test_repeated_request_differs_and_says_why(page: Page) -> None:
    send_step(page, "shop", "s1")
    assert send_step(page, "shop", "s1") == "differs"
    assert text(page, "shop", ".live-differences dt") == "body"
    assert "not sent in their order" in text(page, "shop", ".live-hint")


def test_request_of_ones_own_is_not_documented_and_its_traceback_is_in_the_log(page: Page) -> None:
    run_example(page, "shop")
    response = send_own(page, "shop", "/burn")
    assert response.get_attribute("data-verdict") == "undocumented"
    assert "500 Internal Server Error" in response.inner_text()
    log = text(page, "shop", ".live-log")
    line = APP.split("\n").index('    raise RuntimeError("burnt")') + 1
    assert "smells of toast" in log
    assert f'File "app.py", line {line}, in burn' in log
    assert "RuntimeError: burnt" in log


def test_body_that_is_no_text_is_shown_by_its_size_and_type(page: Page) -> None:
    run_example(page, "shop")
    response = send_own(page, "shop", "/logo")
    assert response.locator(".live-hint").inner_text() == "4 bytes that are no text: image/png."


def test_files_sessions_cookies_and_redirects_of_an_example_work(page: Page) -> None:
    assert run_example(page, "members") == "running"
    assert [send_step(page, "members", name) for name in ("s1", "s2", "s3", "s4")] == ["same"] * 4


def test_cookie_that_no_response_has_set_says_what_to_send_first(page: Page) -> None:
    assert send_step(page, "members", "s2") == "differs"
    assert text(page, "members", ".live-err").strip() == (
        "no response so far has set the cookie 'session', which this request sends: make the "
        "request that sets it first."
    )


def test_header_that_is_none_is_pointed_to_and_nothing_is_sent(page: Page) -> None:
    assert run_example(page, "shop") == "running"
    form = live(page, "shop").locator(".live-address")
    form.locator("summary").click()
    headers = form.locator("textarea").first
    headers.fill("Accept: text/html\nno colon")
    form.locator("button").click()

    message = headers.evaluate("area => area.validationMessage")
    assert message.startswith("“no colon” is no header: write a name, a colon and a value")
    assert live(page, "shop").locator(".live-response").count() == 0
    headers.fill("Accept: text/html")
    form.locator("button").click()
    live(page, "shop").locator(".live-response").wait_for()


def test_request_beside_its_documentation_is_answered_there(page: Page) -> None:
    page.locator('.live-step[data-live-for="shop"] .live-send').click()
    response = page.locator('.live-step[data-live-for="shop"] .live-response')
    response.wait_for()
    assert response.get_attribute("data-verdict") == "same"


def test_event_stream_shows_events_as_they_come_until_it_is_stopped(page: Page) -> None:
    assert send_step(page, "feed", "s1") == "same"
    stream = live(page, "feed").locator(".live-stream")
    stream.get_by_text('{"number":2}').wait_for()
    assert text(page, "feed", ".live-stream .live-code") == "streaming"
    stream.get_by_role("button", name="Stop step").click()
    live(page, "feed").locator(".live-log").get_by_text("the reader has left").wait_for()
    assert stream.count() == 0
    assert text(page, "feed", ".live-response .live-code") == "200 OK"
    assert text(page, "feed", ".live-response .live-verdict") == "✓ Same as CI checked"
    assert '{"number":2}' in text(page, "feed", ".live-body")
    assert live(page, "feed").get_attribute("data-state") == "running"


def test_events_stay_when_the_app_is_stopped(page: Page) -> None:
    assert send_step(page, "feed", "s1") == "same"
    live(page, "feed").locator(".live-bar .live-stop").click()
    wait_for_state(page, "feed", "stopped")
    assert text(page, "feed", ".live-stream .live-code") == "broken off"
    assert '{"number":1}' in text(page, "feed", ".live-stream .live-body")
    assert text(page, "feed", ".live-err") == "The app was stopped before it answered."
    assert live(page, "feed").locator(".live-stream .live-stop").count() == 0


def chat_lines(client: Locator) -> list[str]:
    """Return the lines of a client, or of a conversation, as they are read."""
    rows = client.locator(".live-turn").all()
    return [" ".join(row.locator("> *").all_inner_texts()) for row in rows]


def clients(page: Page) -> Locator:
    return page.locator('.live-step[data-live-for="chat"] .live-client')


def join(page: Page, number: int, button: str) -> Locator:
    """Connect a client beside the documented conversation, and wait until it is open."""
    page.locator('.live-step[data-live-for="chat"]').get_by_role(
        "button", name=button, exact=True
    ).click()
    client = clients(page).nth(number)
    client.get_by_text("open", exact=True).wait_for(timeout=BOOT_TIMEOUT_MS)
    return client


def say(client: Locator, message: str) -> None:
    client.locator("input").fill(message)
    client.locator("input").press("Enter")


def test_documented_conversation_is_held_and_shown_line_by_line(page: Page) -> None:
    assert send_step(page, "chat", "s1") == "same"
    talk = live(page, "chat").locator(".live-response")
    assert talk.locator(".live-line code").inner_text() == "WebSocket: ada, bob"
    assert talk.locator(".live-verdict").inner_text() == "✓ Same as CI checked"
    assert chat_lines(talk) == [
        "ada connected", "bob connected", "ada sent hello", "bob got ada: hello",
        "bob left 1000 bye",
    ]  # fmt: skip
    log = live(page, "chat").locator(".live-log")
    assert log.inner_text().endswith("bob has left\nada has left\n")


def test_conversation_that_differs_says_in_which_line(page: Page) -> None:
    assert send_step(page, "chat", "s2") == "differs"
    differences = live(page, "chat").locator(".live-differences")
    assert differences.locator("dt").inner_text() == "line 2"
    assert "< denied 403" in differences.inner_text()
    assert "not sent in their order" in text(page, "chat", ".live-hint")


def test_several_clients_of_the_reader_speak_with_each_other(page: Page) -> None:
    ada, bob = join(page, 0, "Connect as ada"), join(page, 1, "Connect as bob")
    assert ada.locator("input").input_value() == "hello"
    ada.locator("input").press("Enter")
    bob.get_by_text("ada: hello").wait_for()
    say(bob, "close")
    say(bob, "go")
    bob.get_by_text("the app closed: 4000 as you like").wait_for()
    assert chat_lines(ada) == ["connected", "sent hello", "got ada: hello"]
    assert chat_lines(bob) == [
        "connected", "got ada: hello",
        "not sent expected a code, as in `close 1000`, got 'close'; `\\close` would be the text.",
        "sent go", "closed 4000 as you like",
    ]  # fmt: skip
    ada.get_by_role("button", name="Close ada /chat?name=ada").click()
    ada.get_by_text("you left: 1000").wait_for()
    live(page, "chat").locator(".live-log").get_by_text("ada has left").wait_for()


def test_client_that_is_gone_connects_again_and_keeps_the_focus(page: Page) -> None:
    ada = join(page, 0, "Connect as ada")
    say(ada, "go")
    ada.get_by_role("button", name="Connect again").wait_for()
    assert ada.locator("input:focus").count() == 1
    page.keyboard.press("Enter")
    ada.get_by_text("open", exact=True).wait_for()
    say(ada, "here I am")
    ada.get_by_text("ada: here I am").wait_for()
    ada.get_by_role("button", name="Close").press("Enter")
    ada.get_by_role("button", name="Connect again").and_(ada.locator(":focus")).wait_for()


def test_client_of_an_app_that_stops_says_so_and_starts_it_again(page: Page) -> None:
    ada = join(page, 0, "Connect as ada")
    live(page, "chat").locator(".live-bar .live-stop").click()
    wait_for_state(page, "chat", "stopped")
    assert ada.locator(".live-err").inner_text() == "The app was stopped."
    assert ada.locator(".live-code").inner_text() == "broken off"
    ada.get_by_role("button", name="Connect again").click()
    ada.get_by_text("open", exact=True).wait_for()
    assert ada.locator(".live-err").count() == 0


def test_address_bar_connects_clients_too(page: Page) -> None:
    assert run_example(page, "chat") == "running"
    form = live(page, "chat").locator(".live-address")
    assert form.locator("select").input_value() == "WebSocket"
    assert form.locator("button").inner_text() == "Connect"
    form.locator("button").click()
    client = live(page, "chat").locator(".live-client")
    client.get_by_text("open", exact=True).wait_for()
    assert client.locator(".live-line code").inner_text() == "Client 1 /chat?name=ada"
    form.locator("summary").click()
    assert not form.get_by_text("Body").is_visible()
    form.locator("textarea").first.fill("Origin: https://elsewhere.example")
    form.locator("button").click()
    denied = live(page, "chat").locator(".live-client").first
    denied.locator(".live-code").get_by_text("denied 403").wait_for()
    form.locator("select").select_option("GET")
    assert form.locator("button").inner_text() == "Send"
    assert form.get_by_text("Body", exact=True).is_visible()


def test_documented_conversation_leaves_the_readers_clients_where_they_are(page: Page) -> None:
    bob = join(page, 0, "Connect as bob")
    place = page.locator('.live-step[data-live-for="chat"]')
    for _ in range(2):
        place.get_by_role("button", name="Run WebSocket: ada, bob").click()
        place.locator(".live-response[data-verdict]").wait_for()
    assert place.locator(".live-response").count() == 2
    say(bob, "still here")
    bob.get_by_text("bob: still here").wait_for()


def test_conversation_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    say(join(page, 0, "Connect as ada"), "long" * 100)
    clients(page).get_by_text("ada: longlong").wait_for()
    assert clients(page).first.evaluate("it => it.scrollWidth <= 390")
    submit = clients(page).locator(".live-say button").bounding_box()
    assert submit is not None
    assert submit["height"] >= 35


def test_edited_code_runs_and_reset_restores_it(page: Page) -> None:
    run_example(page, "shop")
    area = editor(page, "shop")
    area.fill(APP.replace("res.json = orders", "res.json = len(orders)"))
    assert text(page, "shop", ".live-edited") == "edited, not run yet"
    area.press("Control+Enter")
    assert send_step(page, "shop", "s1") == "differs"
    assert text(page, "shop", ".live-hint") == "You changed the code, which may be why."
    live(page, "shop").locator(".live-reset").click()
    wait_for_state(page, "shop", "idle")
    live(page, "shop").locator(".live-edit").click()
    assert code_in(page, "shop") == APP
    assert send_step(page, "shop", "s1") == "same"


def test_code_with_an_error_tells_its_line(page: Page) -> None:
    editor(page, "shop").fill("app = (")
    assert run_example(page, "shop") == "failed"
    assert 'File "app.py", line 1' in text(page, "shop", ".live-log")
    assert text(page, "shop", ".live-status") == "The app did not start."


def test_script_prints_and_fetches_a_seldom_used_module(page: Page) -> None:
    assert run_example(page, "mean") == "stopped"
    assert text(page, "mean", ".live-log").endswith("2\n")
    verdict = live(page, "mean").locator(".live-response").get_attribute("data-verdict")
    assert verdict == "same"


def test_endless_loop_is_stopped_and_the_next_run_is_well(page: Page) -> None:
    live(page, "endless").locator(".live-run").click()
    wait_for_state(page, "endless", "starting")
    live(page, "endless").locator(".live-stop").click()
    wait_for_state(page, "endless", "stopped")
    assert text(page, "endless", ".live-status").startswith("Stopped by force")
    assert run_example(page, "mean") == "stopped"


def test_endless_request_is_stopped_too(page: Page) -> None:
    run_example(page, "shop")
    live(page, "shop").locator(".live-address select").select_option("GET")
    live(page, "shop").locator(".live-address input").fill("/wait")
    live(page, "shop").locator(".live-address button").click()
    live(page, "shop").locator(".live-stop").click()
    wait_for_state(page, "shop", "stopped")
    assert send_step(page, "shop", "s1") == "same"


def test_another_example_stops_the_one_that_runs(page: Page) -> None:
    run_example(page, "shop")
    assert run_example(page, "mean") == "stopped"
    assert wait_for_state(page, "shop", "stopped")
    assert text(page, "shop", ".live-status") == "Stopped, because another run began."


def test_examples_asked_for_while_python_boots_leave_the_last_one_running(page: Page) -> None:
    for name in ("shop", "patient", "shop", "patient", "shop"):
        live(page, name).locator(".live-run").click()
    wait_for_state(page, "shop", "running")
    wait_for_state(page, "patient", "stopped")
    assert text(page, "patient", ".live-status") == "Stopped, because another run began."
    assert send_step(page, "shop", "s1") == "same"


def test_example_of_a_page_that_was_left_while_python_boots_is_not_run(page: Page) -> None:
    element = live(page, "shop").element_handle()
    live(page, "shop").locator(".live-run").click()
    wait_for_state(page, "shop", "booting")
    element.evaluate("element => element.remove()")  # as instant navigation does
    assert run_example(page, "mean") == "stopped"
    assert element.evaluate("element => element.dataset.state") == "booting"


def test_script_that_waits_is_stopped_without_force(page: Page) -> None:
    live(page, "patient").locator(".live-run").click()
    wait_for_state(page, "patient", "starting")
    live(page, "patient").locator(".live-stop").click()
    wait_for_state(page, "patient", "stopped")
    assert text(page, "patient", ".live-status") == "Stopped."


def test_many_prints_are_shown_together(page: Page) -> None:
    assert run_example(page, "chatty") == "stopped"
    assert text(page, "chatty", ".live-log").endswith("4998\n4999\n")
    assert live(page, "chatty").locator(".live-log span").count() < 500


def test_example_that_ends_python_tells_so_and_the_next_run_is_well(
    browser: Browser, site: Site
) -> None:
    with open_visit(browser, site) as visit:
        visit.goto("/")
        assert run_example(visit.page, "leaver") == "failed"
        assert "Python ended: Program terminated with exit(3)" in text(
            visit.page, "leaver", ".live-log"
        )
        assert run_example(visit.page, "mean") == "stopped"


def test_long_response_is_cut(page: Page) -> None:
    run_example(page, "shop")
    response = send_own(page, "shop", "/long")
    hint = response.locator(".live-hint").inner_text()
    assert hint == "The first 200000 of 300000 characters are shown."
    assert len(response.locator(".live-body").inner_text()) == 200_000


def test_paper_gets_the_documented_code_also_while_it_is_edited(page: Page) -> None:
    editor(page, "shop").fill("app = None")
    page.emulate_media(media="print")
    assert live(page, "shop").locator(".highlight").is_visible()
    assert not live(page, "shop").locator(".live-editor").is_visible()


def test_reader_without_a_network_is_told_so_and_may_retry(browser: Browser, site: Site) -> None:
    with open_visit(browser, site) as visit:
        page = visit.page
        visit.goto("/")
        page.context.set_offline(True)
        assert run_example(page, "mean") == "failed"
        assert text(page, "mean", ".live-status") == (
            "What runs examples could not be downloaded. Are you online? Click again to retry."
        )
        page.context.set_offline(False)
        live(page, "mean").locator(".live-edit").click()  # loads the panel alone
        live(page, "mean").locator(".live-editor").wait_for()
        page.context.set_offline(True)
        assert run_example_again(page, "failed") == "failed"
        assert "could not be loaded. Are you online?" in text(page, "mean", ".live-log")
        page.context.set_offline(False)
        assert run_example_again(page) == "stopped"


def test_requests_with_one_label_are_told_apart(page: Page) -> None:
    bar = live(page, "members").locator(".live-bar .live-send")
    names = ["step (1)", "step (2)", "step (3)", "step (4)"]
    assert bar.all_inner_texts() == names
    assert [send.get_attribute("title") for send in bar.all()] == [f"Send {name}" for name in names]
    other = live(page, "shop").locator(".live-bar .live-send")
    assert other.all_inner_texts() == ["POST /orders", "GET /orders"]


def test_keys_after_a_click_on_edit_are_text(page: Page) -> None:
    live(page, "shop").locator(".live-edit").click()
    live(page, "shop").locator(".live-editor .cm-content:focus").wait_for()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# next page\n")
    assert code_in(page, "shop").startswith("# next page\n")


def test_own_request_starts_from_the_first_documented_one(page: Page) -> None:
    assert run_example(page, "shop") == "running"
    form = live(page, "shop").locator(".live-address")
    assert form.locator("select").input_value() == "POST"
    assert form.locator("input").input_value() == "/orders"
    form.locator("button").click()
    response = live(page, "shop").locator(".live-response")
    response.wait_for()
    assert text(page, "shop", ".live-code") == "200 OK"
    assert response.locator(".live-body").inner_text().replace("\n", "").replace(" ", "") == (
        ORDER.replace(" ", "")
    )


def test_focus_stays_with_the_reader(page: Page) -> None:
    live(page, "shop").locator(".live-run").press("Enter")
    wait_for_state(page, "shop", "running")
    assert page.evaluate("document.activeElement.className") == "live-run"
    live(page, "shop").locator(".live-stop").press("Enter")
    wait_for_state(page, "shop", "stopped")
    assert page.evaluate("document.activeElement.className") == "live-run"


def damage_half(wasm: Path) -> None:
    wasm.write_bytes(wasm.read_bytes()[: wasm.stat().st_size // 2])


def damage_kind(wasm: Path) -> None:
    wasm.write_text("<!doctype html>Blocked by your proxy.")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_half, "pyodide.asm.wasm is damaged: "),
        (damage_kind, "pyodide.asm.wasm is not WebAssembly: its first bytes are wrong."),
        (Path.unlink, "pyodide.asm.wasm could not be downloaded: the server answered 404."),
    ],
)
def test_damaged_runtime_is_told_in_plain_words_and_retry_works(
    damage: Any, message: str, browser: Browser, site: Site, folder: Path
) -> None:
    (wasm,) = folder.glob("_live/*/*.wasm")
    whole = wasm.read_bytes()
    try:
        damage(wasm)
        with open_visit(browser, site) as visit:
            visit.goto("/")
            assert run_example(visit.page, "mean") == "failed"
            assert text(visit.page, "mean", ".live-log").startswith(message)
            assert text(visit.page, "mean", ".live-run") == "Retry"
            wasm.write_bytes(whole)
            assert run_example_again(visit.page) == "stopped"
    finally:
        wasm.write_bytes(whole)
        site.missing.clear()


def run_example_again(page: Page, state: str = "stopped") -> str:
    live(page, "mean").locator(".live-run").click()
    return wait_for_state(page, "mean", state)
