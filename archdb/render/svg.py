"""SVG as archdb writes it: elements as text, and the look that drawings and charts share."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from archdb.text import printable

#: The look where a picture stands by itself; on a page the page's style sheet has the same rules.
STYLE = """\
.archdb{font:11px system-ui,sans-serif;--ink:#1b1f24;--dim:#59636e;--line:#8b949e;--rule:#d8dee4;\
--box:#fff;--fill:#eef2f7;--one:#0b62c4;--two:#b35900}
@media(prefers-color-scheme:dark){.archdb{--ink:#e6edf3;--dim:#9da7b1;--line:#7d8590;--rule:#30363d;\
--box:#161b22;--fill:#21262d;--one:#6cb6ff;--two:#f0a85c}}
.archdb text{fill:var(--ink)}.archdb .dim{fill:var(--dim)}.archdb .strong{font-weight:600}
.archdb .box{fill:var(--box);stroke:var(--line)}.archdb .block{fill:var(--fill)}
.archdb .edge{fill:none;stroke:var(--line);stroke-width:1.2}
.archdb .aux{stroke-dasharray:4 3}.archdb .frame{fill:none;stroke:var(--rule)}
.archdb .axis{stroke:var(--rule);stroke-width:1}.archdb .one{fill:var(--one)}
.archdb .two{fill:var(--two)}.archdb .path{fill:none;stroke:var(--one);stroke-width:1.6}
.archdb .bubble{fill:var(--one);fill-opacity:.2;stroke:var(--one);stroke-opacity:.6}
.archdb .lead{stroke:var(--line);stroke-width:.6}"""


def element(tag: str, body: str = "", /, **attributes: object) -> str:
    """<tag a="1">body</tag>; an underscore in a name is a hyphen, `of` is class; None is left
    out, and numbers have a tenth at the most."""
    written = "".join(
        f' {"class" if name == "of" else name.replace("_", "-")}="{escape(number(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{body}</{tag}>" if body else f"<{tag}{written}/>"


def number(value: object) -> str:
    """A value of an attribute."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def words(text: str) -> str:
    """Text between tags: nothing in it is markup or a sign that nobody sees."""
    return escape(printable(text), quote=False)


def label(text: str, x: float, y: float, **attributes: object) -> str:
    return element("text", words(text), x=x, y=y, **attributes)


def picture(
    parts: Iterable[str],
    width: float,
    height: float,
    title: str,
    *,
    alone: bool,
    said: str = "",
    leads: bool = False,
) -> str:
    """The whole; one that stands alone has its look with it, and says what it was made from. What
    `leads` somewhere is no single picture, but holds links."""
    head = element("title", words(title))
    if alone:
        head += element("desc", words(said)) + element("style", STYLE)
    return element(
        "svg",
        head + "".join(parts),
        xmlns="http://www.w3.org/2000/svg" if alone else None,
        of="archdb",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="group" if leads else "img",
    )
