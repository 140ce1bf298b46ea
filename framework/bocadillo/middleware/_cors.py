"""Cross-origin resource sharing: which other sites' pages may read responses.

Source: Fetch Standard, section "CORS protocol".
"""

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware as StarletteCORSMiddleware
from starlette.responses import Response

from ._vary import add_vary

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

__all__ = ["CORSMiddleware"]


class CORSMiddleware(StarletteCORSMiddleware):
    """Answer preflight requests, and tell browsers whose pages may read a response.

    Origins are compared letter by letter; one that is not allowed is granted nothing. Every
    response says `Vary: Origin`, that of a request without an origin included: a cache must not
    give it to a page of another site.
    """

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a preflight request."""
        response = super().preflight_response(request_headers)
        response.headers["x-content-type-options"] = "nosniff"  # it is text
        return response

    async def simple_response(
        self, scope: "Scope", receive: "Receive", send: "Send", request_headers: Headers
    ) -> None:
        """Serve a request that is not a preflight."""
        origin = request_headers.get("origin")
        is_allowed = origin is not None and self.is_allowed_origin(origin)

        async def send_with_grants(message: "Message") -> None:
            if message["type"] == "http.response.start":
                # A copy: the application may send the same list of headers again.
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                add_vary(headers, "Origin")
                if origin is not None and is_allowed:
                    headers["access-control-allow-origin"] = origin
                    headers.update(self.simple_headers)
                message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, send_with_grants)
