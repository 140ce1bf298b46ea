"""Make the document that previews load: the app's own pages are written into it."""

from html import escape

# It has no origin (its iframe is sandboxed) and may load nothing: whatever a reader's HTML runs,
# it reaches nobody, and not the page around it. The app answers it by a MessagePort. Its base is
# the app's address, so that relative addresses are the app's.
FRAME = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline' blob:; "
    "img-src data: blob:; font-src data: blob:; media-src data: blob:; "
    "base-uri http://localhost:8000; form-action 'none'"
)


def format_frame(script: str) -> str:
    """Return the document with the script that gives a page the app for a server.

    Raises:
        ValueError: The script would end before its end.
    """
    if "</script" in script.lower():
        raise ValueError("Expected a script that can stand in a page, found '</script' in it.")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(FRAME, quote=False)}">'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{policy}'
        f"<title>Preview</title></head><body><script>{script}</script></body></html>\n"
    )
