"""What every page is made of: head, style, names and codes.   Spec: docs/spec/text.md, "Showing".

No script, nothing fetched: the head forbids it to the browser as well, and allows no style but the page's own.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

from backchannel.text import direction, for_screen

ISOLATES: Final = "\u2068\u2069"
# Persian apart: the digits of Noto Naskh Arabic have Urdu shapes, 4 and 6 of which a Persian reader misreads.
PAPER: Final = """
:root { color-scheme: light; }
body { margin: 0; background: #f4f2ee; color: #1d1d1b; line-height: 1.6;
  font-family: "Noto Serif", "Noto Naskh Arabic", "Vazirmatn", "Times New Roman", serif; }
[lang|=fa] { font-family: "Noto Serif", "Vazirmatn", "Noto Sans Arabic", serif; }
main { margin: 2rem auto; padding: 2rem 2.5rem; background: #fff; border: 1px solid #d8d4cb; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.15rem; } h3, h4, h5, h6 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: start; vertical-align: top; padding: .25rem 0; padding-inline-end: .75rem;
  border-bottom: 1px solid #eceae4; }
th { font-weight: normal; color: #5c5952; white-space: nowrap; }
.plain, .status { color: #5c5952; font-weight: normal; font-size: .9rem; }
.code, code, pre { font-family: "Noto Sans Mono", monospace; font-size: .85rem; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; background: #f7f6f2; padding: .75rem; }
.note { border-inline-start: 3px solid #b9b3a4; padding-inline-start: .75rem; font-size: .9rem; }
.exercise { background: #ffe28a; border: 3px double #8a2d00; color: #8a2d00; }
@media print {
  body { background: #fff; } main { border: 0; margin: 0 auto; padding: 0; max-width: none; }
  h2, .status { break-after: avoid; } tr { break-inside: avoid; }
}
"""


def head(title: str, style: str, lang: str = "en") -> str:
    """The page up to its body. lang: of the page's own words, which decides its direction."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    lines = (
        "<!doctype html>",
        f'<html lang="{lang}" dir="{direction(lang)}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
    )
    return "\n".join(lines)


def name(text: str) -> str:
    """A name from outside, in its own direction."""
    return f"<bdi>{escape(for_screen(text))}</bdi>"


def code(text: str) -> str:
    """A number group, reference or digest: left to right everywhere."""
    return f'<bdi dir="ltr" class="code">{escape(text)}</bdi>'
