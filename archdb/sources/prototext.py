"""Protobuf's text format, read without a schema: fields by name, each with all its values.

What a field means is its reader's business, so a field that nobody asks for is no error, and a file
with layers that the official schema does not know can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from archdb.errors import DefinitionError
from archdb.text import clipped

#: A message within a message, so many deep: no network's description is deeper.
DEEPEST = 64
_TOKEN = re.compile(
    r"""\s+|\#[^\n]*
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>-?[A-Za-z0-9_.+][A-Za-z0-9_.+\-]*|\[[A-Za-z0-9_./]+\])
    |(?P<mark>[{}<>:,;\[\]])""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_INTEGER = re.compile(r"-?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,18})")
_NUMBER = re.compile(r"-?([0-9]{1,300}\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?[fF]?")
_CLOSING = {"{": "}", "<": ">"}


class Token(NamedTuple):
    """A word, a text in quotes or a sign, and its line."""

    kind: str
    words: str
    line: int


class Message:
    """Fields in braces. Of a field that is to be there once the last value counts."""

    __slots__ = ("asked", "fields", "line")

    def __init__(self, line: int) -> None:
        self.line = line
        self.fields: dict[str, list[Any]] = {}
        #: The fields that somebody has asked for, there or not.
        self.asked: set[str] = set()

    def all(self, name: str) -> list[Any]:
        """Every value of a field, in order; none where it is not there."""
        self.asked.add(name)
        return self.fields.get(name, [])

    def messages(self, name: str) -> list[Message]:
        """Every value of a field whose values are messages."""
        return [_message(value, name) for value in self.all(name)]

    def message(self, name: str) -> Message:
        """A message, empty where the field is not there."""
        found = self.messages(name)
        return found[-1] if found else Message(self.line)

    def words(self, name: str) -> list[str]:
        """Every value of a field whose values are words."""
        for value in self.all(name):
            if isinstance(value, Message):
                raise DefinitionError(f"'{name}' needs a word, got fields in braces")
        return self.all(name)

    def word(self, name: str, default: str = "") -> str:
        """A word or a text."""
        found = self.words(name)
        return found[-1] if found else default

    def integers(self, name: str) -> list[int]:
        """Every value of a field whose values are integers."""
        return [_integer(word, name) for word in self.words(name)]

    def integer(self, name: str, default: int) -> int:
        """An integer."""
        found = self.integers(name)
        return found[-1] if found else default

    def numbers(self, name: str) -> list[float]:
        """Every value of a field whose values are numbers."""
        return [_number(word, name) for word in self.words(name)]

    def number(self, name: str, default: float) -> float:
        """A number."""
        found = self.numbers(name)
        return found[-1] if found else default

    def flag(self, name: str, default: bool) -> bool:
        """true or false, in any of the words that protobuf has for them."""
        word = self.word(name, "true" if default else "false").lower()
        if word not in ("true", "t", "1", "false", "f", "0"):
            raise DefinitionError(f"'{name}' needs true or false, got '{word}'")
        return word in ("true", "t", "1")

    def choice(self, name: str, names: tuple[str, ...], default: str) -> str:
        """One of some names, which may be given by its number."""
        word = self.word(name, default)
        if word.isdigit() and int(word[:9]) < len(names):
            return names[int(word[:9])]
        return word


def parse(text: str) -> Message:
    """The fields of a text; DefinitionError with the line of what is wrong."""
    tokens = list(_tokens(text))
    tokens.append(Token("end", "the end of the file", text.count("\n") + 1))
    top = Message(1)
    _fill(top, tokens)
    return top


def _tokens(text: str) -> Iterator[Token]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise DefinitionError(f"line {line}: '{text[at]}' is no part of protobuf's text format")
        if found.lastgroup:
            yield Token(found.lastgroup, found[0], line)
        line += found[0].count("\n")
        at = found.end()


def _fill(top: Message, tokens: list[Token]) -> None:
    """Put the fields in their messages. Without recursion: a file may nest as deep as it likes."""
    open_ = [(top, "the end of the file")]
    at = 0
    while True:
        token = tokens[at]
        message, closing = open_[-1]
        if token.words == closing and token.kind != "text":
            open_.pop()
            if not open_:
                return
            at += 1
        elif token.words in (",", ";") and token.kind == "mark":
            at += 1
        elif token.kind == "word":
            at = _field(message, tokens, at, open_)
        else:
            begun = f", which is open since line {message.line}" if len(open_) > 1 else ""
            wanted = f"a field or '{closing}'" if len(open_) > 1 else "a field"
            raise _wrong(token, f"{wanted}{begun}")


def _field(message: Message, tokens: list[Token], at: int, open_: list[tuple[Message, str]]) -> int:
    """Read one field at `at`, or open its message; returns where to go on."""
    values = message.fields.setdefault(tokens[at].words, [])
    at += 1
    colon = tokens[at].words == ":" and tokens[at].kind == "mark"
    at += colon
    token = tokens[at]
    if token.kind == "mark" and token.words in _CLOSING:
        if len(open_) > DEEPEST:
            raise DefinitionError(
                f"line {token.line}: has messages more than {DEEPEST} deep",
                remedy="no network is described so: the file is damaged, or made to do harm",
            )
        values.append(Message(token.line))
        open_.append((values[-1], _CLOSING[token.words]))
        return at + 1
    if not colon:
        raise _wrong(token, "':' or '{'")
    if token.words == "[" and token.kind == "mark":
        return _list(values, tokens, at + 1)
    return _scalar(values, tokens, at)


def _list(values: list[Any], tokens: list[Token], at: int) -> int:
    """The values in square brackets; messages in them are not read."""
    while tokens[at].words != "]":
        at = at + 1 if tokens[at].words == "," else _scalar(values, tokens, at)
    return at + 1


def _scalar(values: list[Any], tokens: list[Token], at: int) -> int:
    token = tokens[at]
    if token.kind == "word":
        values.append(token.words)
        return at + 1
    if token.kind != "text":
        raise _wrong(token, "a value")
    parts = []
    while tokens[at].kind == "text":  # neighbouring texts are one
        parts.append(_ESCAPED.sub(r"\1", tokens[at].words[1:-1]))
        at += 1
    values.append("".join(parts))
    return at


def _wrong(token: Token, wanted: str) -> DefinitionError:
    return DefinitionError(
        f"line {token.line}: expected {wanted}, found {clipped(token.words)}",
        remedy="the file may be cut off, or is not in protobuf's text format",
    )


def _message(value: Any, name: str) -> Message:
    if not isinstance(value, Message):
        raise DefinitionError(f"'{name}' needs fields in braces, got '{value}'")
    return value


def _integer(word: str, name: str) -> int:
    if not _INTEGER.fullmatch(word):
        raise DefinitionError(f"'{name}' needs an integer, got '{word}'")
    return int(word, 16 if "x" in word.lower() else 10)


def _number(word: str, name: str) -> float:
    if not _NUMBER.fullmatch(word):
        raise DefinitionError(f"'{name}' needs a number, got '{word}'")
    return float(word.rstrip("fF"))
