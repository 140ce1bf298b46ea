"""The same application in each framework, as its own documentation would write it.

A module is a framework, and a function of it makes one kind of application:

| function | what it serves |
|---|---|
| `hello()` | `/` alone: what start-up is measured with |
| `basic()` | every route that a case of this kind asks for, and a 404 for the rest |
| `providers()` | `/di`, which asks for a session, from a cookie, and a user, from the session |
| `middleware()` | the same behind one middleware of the usual kind, which does nothing |
| `asgi_middleware()` | the same behind one pure ASGI middleware, which does nothing |
| `websocket()` | `/socket`, which sends back what it receives |
| `routing(routes, param)` | many routes, at `cases.route_path` |

A kind that a framework does not have is left out.
"""
