"""Where each answer of a site stands, and where links lead: to a file of it, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlencode

from archdb.errors import ArchdbError
from archdb.serve.address import Target, find
from archdb.serve.parameters import write
from archdb.serve.routes import ROUTES

#: What a network's rows are grouped by, and what the file of them is called.
PARTS = {"block": "blocks", "layer": "layers", "op": "ops", "resolution": "resolutions"}
#: What a script of the page, and not the service, narrows the catalogue down by or compares.
SEARCHED = {"q", "family", "year", "op", "classes", "origin", "params", "macs"}
COMPARED = {"total", "op", "resolution"}
#: Of an address that has no file; a link to it is taken out of its page.
NOWHERE = "nowhere:"
_LINK = re.compile(rf'<a\b[^>]*\bhref="{NOWHERE}"[^>]*>(.*?)</a>', re.DOTALL)


def file_of(target: Target) -> str:
    """'networks/vgg16/layers.csv' of '/networks/vgg16.csv?by=layer'."""
    path = target.path.removesuffix(f".{target.form}").strip("/")
    parts = [_plain(unquote(part)) for part in path.split("/") if part]
    values = dict(target.values)
    if target.route.pattern == "/networks/{name}" and values.get("by") in PARTS:
        parts.append(PARTS[values.pop("by")])
    said = [_plain(unquote(pair)) for pair in write(values)[1:].split("&") if pair]
    return f"{','.join(['/'.join(parts) or 'index', *said])}.{target.form}"


def _plain(word: str) -> str:
    """A word as part of a file's name on any system, that an address need not quote."""
    return quote(word, safe="+=").replace("~", "%7E").replace("%", "~")


class Files:
    """The files of a site, by which its pages are linked to each other."""

    def __init__(self, targets: Iterable[Target], others: Iterable[str], names: Iterable[str]):
        self.paths = {file_of(target) for target in targets} | set(others)
        self.names = frozenset(names)
        self._known: dict[str, str] = {}

    def root(self, target: Target) -> str:
        """How the start of the site is reached from the file of a target."""
        return "../" * file_of(target).count("/") or "./"

    def href(self, root: str, address: str) -> str:
        """Where a link to an address of the service leads, from a page that reaches the start of
        the site by `root`; NOWHERE where the site has no such file."""
        found = self._known.get(address)
        if found is None:
            found = self._known[address] = self._find(address)
        return f"{root.removeprefix('./')}{found}" if found != NOWHERE else found

    def _find(self, address: str) -> str:
        if address[1:] in self.paths:
            return address[1:]
        path, _, query = address.partition("?")
        try:
            target = find(ROUTES, path, query)
        except ArchdbError:
            return NOWHERE
        path = file_of(target)
        return path if path in self.paths else self._by_script(target)

    def _by_script(self, target: Target) -> str:
        """The page whose script answers a question."""
        values, pattern = target.values, target.route.pattern
        if pattern == "/networks" and set(values) <= SEARCHED and target.form == "html":
            return f"networks.html{write(values)}"
        if pattern == "/compare/{names*}" and set(values) <= {"by"} and target.form == "html":
            names, by = target.names["names"], values.get("by", "total")
            if self.names.issuperset(names) and by in COMPARED:
                asked = [("name", name) for name in names]
                return f"compare.html?{urlencode([*asked, *values.items()])}"
        return NOWHERE

    def links(self, target: Target) -> dict[str, str]:
        """The same answer in every form that is a file, from where it stands."""
        found = {form: file_of(target.at(form)) for form in target.route.forms}
        own = {form: path for form, path in found.items() if path in self.paths}
        here = {"self": file_of(target), **own}
        return {form: path.rpartition("/")[2] for form, path in here.items()}


def unlinked(text: str) -> str:
    """A page whose links that lead nowhere are plain words."""
    return _LINK.sub(r"\1", text)
