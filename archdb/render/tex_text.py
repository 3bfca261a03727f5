"""Text for TeX: signs that mean something to it are escaped, accents and arrows spelt out."""

from __future__ import annotations

import re
import unicodedata

from archdb.text import inline

#: What parts two hyphens, which TeX would make a dash of; no text that is shown holds it.
_NOTHING = "\u2060"
_HYPHENS = re.compile("-(?=-)")
#: Greek letters that TeX has a command for, by the name that Unicode gives them.
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
_CAPITALS = ("Gamma", "Delta", "Theta", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
_MATHS = {
    **{unicodedata.lookup(f"GREEK SMALL LETTER {name}"): f"\\{name}" for name in _GREEK},
    **{unicodedata.lookup(f"GREEK CAPITAL LETTER {name}"): f"\\{name}" for name in _CAPITALS},
    **{"λ": r"\lambda", "Λ": r"\Lambda", "ς": r"\varsigma", "ϕ": r"\phi", "ϵ": r"\epsilon"},
    **{"∞": r"\infty", "≈": r"\approx", "≠": r"\neq", "∈": r"\in", "∑": r"\sum", "∏": r"\prod"},
    **{"√": r"\surd", "∂": r"\partial", "∇": r"\nabla", "∼": r"\sim", "≪": r"\ll", "≫": r"\gg"},
    **{"←": r"\leftarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "÷": r"\div"},
    **{"∘": r"\circ", "⊕": r"\oplus", "⊗": r"\otimes", "⊙": r"\odot", "′": "'", "∪": r"\cup"},
    **{"∩": r"\cap", "⊂": r"\subset", "⊆": r"\subseteq", "¬": r"\neg", "∝": r"\propto"},
}
#: Others as text; of hyphens and blanks that look alike, one.
_WORDS = {
    **{"‐‑": "-", "•": r"\textbullet{}", "†": r"\dag{}", "‡": r"\ddag{}", "§": r"\S{}"},
    **{"¶": r"\P{}", "©": r"\copyright{}", "®": r"\textregistered{}", "™": r"\texttrademark{}"},
    **{"½": "1/2", "¼": "1/4", "¾": "3/4", "„": ",,", "‚": ",", "«»": "''", "¿": "?`", "¡": "!`"},
    **{low: f"\\textsubscript{{{number}}}" for number, low in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
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
    **{sign: f"${word}$" for sign, word in _MATHS.items()},
    **{sign: word for signs, word in _WORDS.items() for sign in signs},
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
    """The text as TeX prints it. What it has no word for stays (`untranslated`)."""
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
    letter, marks = parts[0], parts[1:]
    if not marks or not letter.isascii() or not _ACCENTS.keys() >= {*marks}:
        return sign
    accents = [_ACCENTS[mark] for mark in marks]
    text = letter if {*accents} <= _BELOW else _DOTLESS.get(letter, letter)
    for accent in accents:
        text = f"{{\\{accent}{{{text}}}}}"
    return text


def untranslated(tex: str) -> str:
    """The signs in it that pdflatex stops at, each once."""
    return "".join(dict.fromkeys(sign for sign in tex if not sign.isascii()))
