"""A chat, as users write it: this must pass a strict type checker."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec

from bocadillo import App, HTTPError, Router, WebSocket, WebSocketDisconnect

app = App()
router = Router()


class Said(msgspec.Struct, tag="said"):
    text: str


class Moved(msgspec.Struct, tag="moved"):
    x: int


@app.provider
async def user(ws: WebSocket) -> AsyncIterator[str]:
    name = ws.query_params.get("user")
    if name is None:
        raise HTTPError(401)
    yield name


@app.websocket_route("/echo")
async def echo(ws: WebSocket) -> None:
    async for message in ws:
        await ws.send(message)


@router.websocket_route(
    "/rooms/{number}",
    value_type=Said | Moved,
    caught_close_codes=all,
    origins=["https://example.com"],
    name="room",
)
async def room(ws: WebSocket, number: int, user: str, limit: Annotated[int, "most"] = 10) -> None:
    @ws.on_invalid
    async def tell(message: str, errors: dict[str, str]) -> None:
        await ws.send_json({"errors": errors, "message": message})

    async for message in ws:
        match message:
            case Said(text):
                await ws.send_text(f"{user} in {number}: {text[:limit]}")
            case Moved(x):
                await ws.send_json([x])


@router.websocket_route("/careful", auto_accept=False, caught_close_codes=(1000,))
async def careful(ws: WebSocket) -> None:
    if not ws.cookies:
        await ws.reject()
        return
    await ws.accept(subprotocol="chat", headers={"x-room": "1"})
    try:
        async with ws:
            text: str = await ws.receive_text()
            content: bytes = await ws.receive_bytes()
            document: Any = await ws.receive_json()
            await ws.send_bytes(content + text.encode())
            await ws.send_json(document)
            await ws.close(4000, "bye")
    except WebSocketDisconnect as error:
        print(error.code, error.reason)


app.include_router(router, "/api")
