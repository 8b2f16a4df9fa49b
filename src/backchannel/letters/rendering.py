"""The text of a letter as HTML that only shows: no link, nothing fetched.   Spec: docs/spec/text.md, "Showing".

Terminals draw Persian and Arabic wrongly; browsers draw them right. Link targets are shown as text, so that no reader
leaves a page of letters with one click, and sees where a link would have led.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any, Final

from backchannel.text import body_breaches, breaches, code_points, for_screen

# A number with signs or separators, which a right-to-left line would draw in another order than it was written in.
_NUMBER: Final = re.compile(
    r"(?<!\w)[+\-−]?[0-9٠-٩۰-۹](?:[0-9٠-٩۰-۹.,:/٫٬،%٪–-]*[0-9٠-٩۰-۹%٪])?(?!\w)",
)
_HEADINGS: Final = {f"h{level}": f"h{min(level + 2, 6)}" for level in range(1, 7)}


@lru_cache(16)  # a clause is drawn in each that it limits: a text made to be slow would cost as often
def text_as_html(text: str, direction: str) -> tuple[str, bool]:
    """The text as HTML, and whether it keeps the rules.

    A text whose characters break them is given as code points only; one that only leaves the subset of Markdown, or
    is too long to be read as Markdown, as it was written.
    """
    found = body_breaches(text)
    if any(breach.mark not in ("T6", "T9") for breach in found):
        return f'<pre dir="ltr" class="source">{escape(code_points(text))}</pre>', False
    if found and found[0].mark == "T9":
        shown = code_points(text) if breaches(text, "prose") else text
        return f'<pre dir="{direction}" class="source">{escape(shown)}</pre>', False
    if found:
        return f'<pre dir="{direction}" class="source">{escape(text)}</pre>', False
    return _markdown(text, direction), True


def numbers_in_order(text: str, direction: str) -> str:
    """Escaped text; right to left, every number group is kept in the order it was written in."""
    if direction == "ltr":
        return escape(text)
    pieces: list[str] = []
    at = 0
    for found in _NUMBER.finditer(text):
        group = escape(found[0])
        shown = group if found[0].isdecimal() else f'<bdo dir="ltr">{group}</bdo>'
        pieces += [escape(text[at : found.start()]), shown]
        at = found.end()
    return "".join([*pieces, escape(text[at:])])


def _markdown(text: str, direction: str) -> str:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).disable(
        ["image", "html_inline", "html_block", "entity"]
    )

    def shown(self: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
        return numbers_in_order(tokens[at].content, direction)

    def heading(self: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
        tag = _HEADINGS[tokens[at].tag]
        return f"<{tag}>" if tokens[at].nesting == 1 else f"</{tag}>\n"

    def link(self: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
        if tokens[at].nesting == 1:
            return '<span class="link">'
        opened = next(one for one in reversed(tokens[:at]) if one.type == "link_open")  # no link holds another
        target = escape(str(opened.attrGet("href") or ""))
        title = opened.attrGet("title")  # a browser would hide it until the pointer rests there
        said = f" <bdi>“{escape(for_screen(str(title)))}”</bdi>" if title else ""
        return f'</span> <bdi dir="ltr" class="target">[{target}]</bdi>{said}'

    def code(self: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
        info = f"<bdi>{escape(for_screen(tokens[at].info.strip()))}</bdi>\n" if tokens[at].info.strip() else ""
        return f'<pre dir="auto">{info}{escape(tokens[at].content)}</pre>\n'

    def inline_code(self: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
        return f"<bdi><code>{escape(tokens[at].content)}</code></bdi>"

    rules = {"text": shown, "heading_open": heading, "heading_close": heading, "link_open": link, "link_close": link}
    for name, rule in {**rules, "fence": code, "code_block": code, "code_inline": inline_code}.items():
        markdown.add_render_rule(name, rule)
    return str(markdown.render(text))
