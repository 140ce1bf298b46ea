import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

from livedocs.fence import PageError

APP = "```python app\napp = '</script><b>'\n```\n"
HTTP = "```http\nGET /\n\nHTTP/1.1 200 OK\n\n{}\n```\n"


def render(text: str, root: Path = Path()) -> str:
    markdown = Markdown(
        extensions=["attr_list", "pymdownx.highlight", "livedocs.fence"],
        extension_configs={"livedocs.fence": {"root": str(root)}},
    )
    return markdown.convert(text)


def data(html: str) -> list[dict[str, Any]]:
    found = re.findall(r'data-live-example="(.*?)"', html)
    return [json.loads(unescape(text)) for text in found]


def test_an_app_carries_itself_and_its_steps() -> None:
    html = render(APP + HTTP)

    [example] = data(html)
    assert example["files"] == {"app.py": "app = '</script><b>'\n"}
    assert [step["label"] for step in example["steps"]] == ["GET /"]
    assert example["commands"] == ["curl -i http://localhost:8000/"]
    assert '<div class="live" data-live-id="app-1" data-live-kind="app" data-live-example=' in html
    assert '<div class="live-step" data-live-for="app-1" data-live-step="s1">' in html


def test_source_cannot_leave_its_attribute() -> None:
    html = render("""```python app\napp = '"><script>'\n```\n""")

    assert "<script" not in html
    assert data(html)[0]["files"] == {"app.py": "app = '\"><script>'\n"}


def test_a_page_works_without_javascript() -> None:
    html = render(APP + HTTP)

    text = re.sub(r"<[^>]+>", "", html)
    assert "app = '&lt;/script&gt;&lt;b&gt;'" in text
    assert "GET /" in text
    assert "HTTP/1.1 200 OK" in text


def test_more_has_the_whole_program() -> None:
    html = render(APP + "```python more\ny = 2\n```\n" + HTTP)

    first, second = data(html)
    assert second["files"]["app.py"] == "app = '</script><b>'\n\n\ny = 2\n"
    assert (len(first["steps"]), len(second["steps"])) == (0, 1)
    assert second["id"] == "app-1-1"


@pytest.mark.parametrize(
    "text",
    [
        APP.replace("python app", 'python app skip="no"'),
        '```http skip="no"\nGET /\n```\n',
        "```text\nx\n```\n",
        "```console\n$ pip install x\n```\n",
    ],
)
def test_what_does_not_run_is_only_shown(text: str) -> None:
    html = render(text)

    assert data(html) == []
    assert "live-step" not in html
    assert "<code" in html


def test_a_skipped_block_says_why() -> None:
    html = render('```console skip="it <serves>"\n$ uvicorn app:app\n```\n')

    assert '<p class="live-note">Not run: it &lt;serves&gt;.</p>' in html


def test_an_http_block_without_a_response_shows_one_text() -> None:
    assert render('```http skip="no"\nGET /\n```\n').count("<pre") == 1


def test_an_event_stream_shows_its_request_and_its_events() -> None:
    html = render(f"{APP}```sse\nGET /\n\ndata: &\n\n...\n```\n")

    [step] = data(html)[0]["steps"]
    assert (step["label"], step["manner"]["events"]) == ("GET /", 2)
    assert 'data-live-step="s1"' in html
    assert "data: &amp;" in html


def test_a_conversation_is_shown_as_it_is_written() -> None:
    html = render(f"{APP}```websocket\n/chat\n> a & b\n< hi\n```\n")

    [step] = data(html)[0]["steps"]
    assert (step["label"], step["talk"]) == ("WebSocket /chat", "/chat\n> a & b\n< hi\n")
    assert 'data-live-step="s1"' in html
    assert "&gt; a &amp; b" in html


def test_what_cannot_run_in_a_browser_says_why() -> None:
    html = render(APP.replace("python app", "python app no_live='no \"threads\"'"))

    note = '<p class="live-note">Not run in the browser: no &quot;threads&quot;.</p>'
    assert note in html
    assert data(html) == []


def test_names_and_titles_are_escaped() -> None:
    html = render(APP.replace("python app", "python app app='\"><i>' title='<b>.py'"))

    assert "<i>" not in html
    assert "<b>.py" not in html
    assert "&lt;b&gt;.py" in html


def test_a_section_of_a_file_is_shown_and_the_rest_runs(tmp_path: Path) -> None:
    folder = tmp_path / "examples" / "hello"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("app = 1\n# --8<-- [start:a]\nx = 2\n# --8<-- [end:a]\n")
    fence = '--8<-- "hello/app.py{}"\n```\n'

    html = render(
        f"```python app\n{fence.format(':a')}\n```python more\n{fence.format('')}", tmp_path
    )

    [example] = data(html)
    assert example["files"]["app.py"] == "app = 1\nx = 2\n"
    shown = re.sub(r"<[^>]+>", "", html)
    assert "--8&lt;--" not in shown
    assert shown.count("x = 2") == 2


def test_a_page_that_cannot_be_read_is_refused_with_each_error() -> None:
    with pytest.raises(PageError) as caught:
        render("```nope\nx\n```\n\n```http\nGET /\n\nHTTP/1.1 200 OK\n```\n")

    first, second = str(caught.value).split("\n")
    assert first.startswith("line:1: unknown language 'nope' (known: ")
    assert second == "line:5: no application above this block: begin one with `python app`."


def test_a_fence_that_another_extension_makes_is_refused() -> None:
    from markdown.preprocessors import Preprocessor

    class Adds(Preprocessor):
        def run(self, lines: list[str]) -> list[str]:
            return [*lines, "", "```text", "added", "```"]

    markdown = Markdown(extensions=["livedocs.fence"])
    markdown.preprocessors.register(Adds(markdown), "adds", 25.5)
    with pytest.raises(PageError) as caught:
        markdown.convert("x")

    assert str(caught.value) == (
        "a text block was rendered that was not collected: 'added'. Put livedocs.fence after the "
        "extensions that change the text of fences."
    )


def test_one_markdown_renders_many_pages() -> None:
    markdown = Markdown(extensions=["livedocs.fence"])

    first, second = (markdown.reset().convert(APP) for _ in range(2))

    assert first == second


def test_files_of_an_example_are_shown_under_their_paths_and_run_with_it() -> None:
    html = render(f'```html file="a/index.html"\n<p>é</p>\n```\n{APP}')

    assert '<span class="filename">a/index.html</span>' in html
    assert data(html)[0]["files"]["a/index.html"] == "<p>é</p>\n"
    assert html.count("data-live-example") == 1


def test_tests_are_shown_with_the_reason_why_no_browser_runs_them() -> None:
    html = render(f"{APP}```python test\ndef test_it(): ...\n```\n")

    assert '<span class="filename">test_app.py</span>' in html
    note = "Not run in the browser: pytest runs it, in CI and on your machine."
    assert f'<p class="live-note">{note}</p>' in html
    assert data(html)[0]["files"].keys() == {"app.py"}


def test_skipped_tests_have_one_reason() -> None:
    html = render('```python test skip="later"\ndef test_it(): ...\n```\n')

    assert html.count("live-note") == 1


def test_folded_lines_have_a_box_and_are_copied() -> None:
    html = render("```python test skip='later'\nimport re  # hide\nx = 1\n```\n")

    assert '<div data-copy="import re\nx = 1\n">' in html
    assert '<span class="live-hidden"><span class="kn">import</span>' in html
    assert '<input type="checkbox"> Show 1 hidden line</label></div></div>' in html
    [example] = data(render("```python app\nimport re  # hide\napp = 1\n```\n"))
    assert example["files"] == {"app.py": "import re\napp = 1\n"}


def test_lines_are_highlighted_and_blocks_have_names() -> None:
    html = render('```python name="add-up" hl="y = "\nx = 1\ny = 2\n```\n')

    assert html.startswith('<div class="live-named" id="add-up"><div class="live"')
    assert html.count('<span class="hll"><span class="n">y</span>') == 1
    request = HTTP.replace("{}", "hi").replace("```http", '```http hl="200"')
    shown = render(APP + request)
    assert shown.count('class="hll"') == 1


def test_a_session_is_live_and_its_copy_has_no_prompts() -> None:
    typed = "```pycon\n>>> 1 + 1\n2\n```\n"

    html = render(typed)
    [example] = data(html)
    assert (example["kind"], example["files"]) == ("session", {"session.pycon": ">>> 1 + 1\n2\n"})
    assert '<div data-copy="1 + 1\n">' in html
    joined = render(APP + typed)
    [step] = data(joined)[0]["steps"]
    assert (step["label"], step["session"]) == (">>> 1 + 1", ">>> 1 + 1\n2\n")
    assert 'data-live-step="s1"' in joined


def test_what_needs_a_newer_python_than_the_browser_has_is_not_run_there() -> None:
    html = render('```python requires="3.99"\nx = 1\n```\n')

    assert data(html) == []
    assert "Not run in the browser: it needs Python 3.99." in html
    assert len(data(render('```python requires="3.12"\nx = 1\n```\n'))) == 1


def test_a_text_that_is_not_checked_says_why() -> None:
    html = render('```json skip="it is broken on purpose"\n{\n```\n')

    assert '<p class="live-note">Not checked: it is broken on purpose.</p>' in html


SCRIPT = "```js client\nconsole.log(1);\n//> 1\n```\n"


def test_a_script_has_its_place_and_the_app_carries_it() -> None:
    html = render(APP + SCRIPT)

    [example] = data(html)
    assert example["clients"] == [
        {"id": "c1", "source": "console.log(1);\n//> 1\n", "output": "1\n"}
    ]
    assert '<div class="live-script" data-live-for="app-1" data-live-client="c1">' in html


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (APP + SCRIPT.replace("client", 'client no_live="it sleeps"'), "it sleeps"),
        (APP.replace("app", 'app no_live="it sleeps"', 1) + SCRIPT, "it sleeps"),
        (APP + SCRIPT.replace("client", 'client skip="it rests"'), "Not run: it rests"),
    ],
)
def test_a_script_that_browsers_do_not_run_says_why(text: str, note: str) -> None:
    html = render(text)

    assert note in html
    assert "live-script" not in html
    assert [example["clients"] for example in data(html)] in ([], [[]])
