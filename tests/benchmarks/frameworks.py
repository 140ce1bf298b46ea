"""What is compared: Bocadillo, its peers, and the limit."""

__all__ = ["IN_PROJECT", "PEERS", "TITLES", "title"]

# In the order of the tables. Each is a module of `apps`.
TITLES = {
    "raw": "raw ASGI",
    "bocadillo": "Bocadillo",
    "blacksheep": "BlackSheep",
    "falcon": "Falcon",
    "starlette": "Starlette",
    "litestar": "Litestar",
    "fastapi": "FastAPI",
}
PEERS = [name for name in TITLES if name not in {"raw", "bocadillo"}]

# What the project's own environment can run: the others are installed on demand.
IN_PROJECT = {"raw", "bocadillo", "starlette"}


def title(name: str) -> str:
    """Return how tables call a framework."""
    return TITLES.get(name, name)
