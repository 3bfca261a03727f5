"""A page of the service as a picture: its own text and style sheet within SVG, so that the README
shows what a browser does, as text that can be read and compared."""

from __future__ import annotations

import re

from archdb.serve import assets

WIDTH, HEIGHT = 1120, 850
#: What a page has that a picture has not: what is pressed, where links lead, the rest below.
LEFT_OUT = (
    (r"<form\b.*?</form>|<datalist\b.*?</datalist>", ""),
    (r"<details\b[^>]*><summary>(.*?)</summary>.*?</details>", r"<p><a>▸ \1</a></p>"),
    (r'<a class="skip".*?</a>', ""),
    (r"<h2>The same</h2>.*?(?=</div>\s*<section)", ""),
    (r"<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '),
    (r' (href|tabindex|role|aria-label|scope|id)="[^"]*"', ""),
    (r"\n\s*", "\n"),
)


def picture(page: str, title: str) -> str:
    """The head and the main part of a page."""
    body = "".join(re.findall(r"<header>.*?</header>|<main\b.*?</main>", page, re.DOTALL))
    for pattern, kept in LEFT_OUT:
        body = re.sub(pattern, kept, body, flags=re.DOTALL)
    style = assets.content("archdb.css").decode()
    # A picture is made smaller as a whole: nothing in it moves.
    style = re.sub(r"@media(\(max-width[^{]*| print)\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", style)
    style = style.replace("html{", ".page{").replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" role="img"><title>{title}</title><style>{style}'
        f'.page{{height:{HEIGHT}px}}</style><foreignObject width="{WIDTH}" height="{HEIGHT}">'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="page">{body}</div>'
        "</foreignObject></svg>\n"
    )
