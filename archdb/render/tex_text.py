"""Text for TeX: signs that mean something to it are escaped, accents and arrows spelt out."""

from __future__ import annotations

import re
import unicodedata

from archdb.text import inline

#: What parts two hyphens, which TeX would make a dash of; no text that is shown holds it.
_NOTHING = "\u2060"
_HYPHENS = re.compile("-(?=-)")
_SIGNS = {
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    # As words, because BibTeX counts braces even where they are escaped.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    '"': "''",
    "`": r"\textasciigrave{}",
    _NOTHING: "{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "×": r"$\times$",
    "→": r"$\to$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "·": r"$\cdot$",
    "−": r"$-$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    "±": r"$\pm$",
    "°": r"$^\circ$",
    "µ": r"$\mu$",
    "\u00a0": "~",
    "ß": r"{\ss}",
    "æ": r"{\ae}",
    "Æ": r"{\AE}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "ı": r"{\i}",
    "œ": r"{\oe}",
    "å": r"{\aa}",
    "Å": r"{\AA}",
}
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWERS = re.compile(f"([{_RAISED}]+)")
_LOWERED = str.maketrans(_RAISED, "0123456789")
#: Combining marks and TeX's accents.
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0308": '"',
    "\u0304": "=",
    "\u0307": ".",
    "\u0306": "u",
    "\u030c": "v",
    "\u030b": "H",
    "\u0327": "c",
    "\u030a": "r",
    "\u0323": "d",
}
#: Accents below a letter, which leave an i its dot.
_BELOW = {"c", "d"}
_DOTLESS = {"i": r"\i", "j": r"\j"}


def escape_tex(text: str) -> str:
    """The text as TeX prints it. A letter that it has no word for stays, and needs XeTeX."""
    plain = inline(unicodedata.normalize("NFC", text))
    parts = _POWERS.split(_HYPHENS.sub(f"-{_NOTHING}", plain))  # every other one is a power
    return "".join(
        f"\\textsuperscript{{{part.translate(_LOWERED)}}}" if i % 2 else "".join(map(_sign, part))
        for i, part in enumerate(parts)
    )


def _sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if unicodedata.category(sign) == "Zs":
        return " "
    parts = unicodedata.normalize("NFD", sign)
    letter, mark = parts[0], parts[1:]
    if mark not in _ACCENTS or not letter.isascii():
        return sign
    accent = _ACCENTS[mark]
    if accent not in _BELOW:
        letter = _DOTLESS.get(letter, letter)
    return f"{{\\{accent}{{{letter}}}}}"
