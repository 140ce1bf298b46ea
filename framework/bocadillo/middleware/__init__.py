"""Middleware: what sees every request, whichever view it is for."""

from ._http import Middleware

__all__ = ["Middleware"]
