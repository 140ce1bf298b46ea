"""An application whose pages try what a preview must be able to do, for `test_preview`."""

APP = """\
import asyncio

from bocadillo import App, HTTPError, Templates, configure, server_event

app = App()
configure(app, SESSIONS=True, SECRET_KEY="a key that is long enough for a test")
templates = Templates()


@app.route("/")
async def index(req, res):
    who = req.session.get("who", "nobody")
    res.set_cookie("seen", "yes", httponly=False)
    res.html = await templates.render("index.html", who=who)


@app.route("/login", methods=["post"])
async def login(req, res):
    form = await req.form()
    req.session["who"] = form["who"]
    res.redirect("/")


@app.route("/search")
async def search(req, res, q: str = ""):
    res.html = f"<title>Found</title><h1>Found {q}</h1><a href='?q=soup'>soup</a>"


@app.route("/upload", methods=["post"])
async def upload(req, res):
    form = await req.form()
    res.text = f"{form['menu'].filename}: {(await form['menu'].read())!r}"


@app.route("/echo", methods=["get", "post"])
async def echo(req, res):
    res.json = {"origin": req.headers.get("origin"), "body": list(await req.body())}


@app.route("/fail")
async def fail(req, res):
    raise RuntimeError("burnt")


@app.route("/gone")
async def gone(req, res):
    raise HTTPError(410, "Sold out")


@app.route("/away")
async def away(req, res):
    res.redirect("https://example.com/", external=True)


@app.route("/events")
async def events(req, res):
    @res.event_stream
    async def feed():
        try:
            yield server_event("count", id=7, json={"last": req.last_event_id})
            await asyncio.sleep(3600)
        finally:
            print("the listener has left")


@app.websocket_route("/talk", value_type="event")
async def talk(ws):
    try:
        while (message := await ws.receive())["type"] == "websocket.receive":
            await ws.send({**message, "type": "websocket.send"})
    finally:
        print("the talker has left")
"""
INDEX = """\
<!doctype html>
<html lang="en">
<head>
  <title>Counter of {{ who }}</title>
  <link rel="stylesheet" href="/static/style.css">
  <link rel="icon" href="/static/logo.svg">
  <script src="/static/plain.js" defer></script>
</head>
<body>
  <h1>Hello, {{ who }}!</h1>
  <img alt="Logo" src="/static/logo.svg" id="logo">
  <form method="post" action="/login">
    <input name="who" value="Ada &amp; Bob"><button>Log in</button>
  </form>
  <form action="search"><input name="q" value="a b"><button>Search</button></form>
  <form method="post" action="/upload" enctype="multipart/form-data">
    <input type="file" name="menu"><button>Upload</button>
  </form>
  <p><a href="/search?q=tea">Tea</a> <a href="/fail">Fail</a> <a href="/gone">Gone</a>
  <a href="/nowhere">Nowhere</a> <a href="https://example.com/">Elsewhere</a>
  <a href="/away">Away</a>
  <a href="#end">End</a></p>
  <ol id="said"></ol>
  <script type="module">
    import { place } from "./static/module.js";
    window.say = (text) => {
      const item = document.createElement("li");
      item.textContent = text;
      document.querySelector("#said").append(item);
    };
    say(place());
    say(`cookie ${document.cookie}`);
    sessionStorage.visits = Number(sessionStorage.visits ?? 0) + 1;
    say(`visits ${sessionStorage.getItem("visits")}`);
    const answer = await fetch("/echo", { method: "POST", body: new Uint8Array([0, 255]) });
    const { origin, body } = await answer.json();
    say(`fetch ${answer.status} ${answer.url} ${origin} ${body}`);
    const source = new EventSource("/events");
    source.addEventListener("count", (event) => say(`event ${event.data} ${event.lastEventId}`));
    const socket = new WebSocket(`ws://${location.host}/talk`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { socket.send("hé"); socket.send(new Uint8Array([1, 2, 255])); };
    socket.onmessage = ({ data }) => {
      say(`socket ${typeof data === "string" ? data : new Uint8Array(data)}`);
    };
  </script>
  <p id="end">End</p>
</body>
</html>
"""
FILES = {
    "app.py": APP,
    "templates/index.html": INDEX,
    "static/style.css": "h1 { color: rgb(1, 2, 3); background: url(logo.svg) }",
    "static/plain.js": "window.plain = location.pathname;",
    "static/module.js": """\
import { name } from "./name.js";
export const place = () => `${name} ${location.pathname}`;
""",
    "static/name.js": 'export const name = "place";\n',
    "static/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>',
}
