"""The same application in each framework, as its own documentation would write it.

A module is a framework, and a function of it makes one kind of application:

| function | what it serves |
|---|---|
| `hello()` | `/` alone: what start-up is measured with |
| `basic()` | every route that a case of this kind asks for, and a 404 for the rest |
| `providers()` | `/di`, which asks for a session, from a cookie, and a user, from the session |
| `middleware()` | the same behind one middleware of the usual kind, which does nothing |
| `asgi_middleware()` | the same behind one pure ASGI middleware, which does nothing |
| `realtime()` | what the table below tells |
| `routing(routes, param)` | many routes, at `cases.route_path` |

| path | what `realtime()` serves there |
|---|---|
| `/events` | a stream of `EVENTS` events |
| `/news` | a stream of one event, which goes on without another |
| `/socket` | a WebSocket that gives back what it receives |
| `/room` | a WebSocket that sends what it receives to all that are there |

A kind that a framework does not have is left out.
"""
