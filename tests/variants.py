"""Seeds of a small network and of variants of it."""

import json

from archdb.api import Database
from archdb.db.user_networks import load, store

ROWS = {
    "conv1": '"conv2d", {filters = 8, kernel = 3, padding = 1, groups = 2}',
    "relu1": '"relu"',
    "pool1": '"max_pool2d", {kernel = 2, stride = 2, rounding = "ceil"}',
    "conv2": '"conv2d", {filters = 8, kernel = 3, padding = 1, bias = false}',
    "sum": '"add", ["pool1", "conv2"]',
    "drop": '"dropout", {rate = 0.5}',
    "fc": '"linear", {units = 10}',
}


def seed(name: str, rows: dict[str, str], *stated: str, base: str = "") -> str:
    """A seed of these rows; `stated` are its differences as 'what: base → here in glob, glob'."""
    header = f'name = "{name}"\ntitle = "T"\nfamily = "F"\nyear = 2000\n'
    header += f'variant_of = "{base}"\n' if base else ""
    for line in stated:
        what, rest = line.split(": ")
        change, globs = rest.split(" in ")
        before, after = change.split("→")
        values = {"what": what, "base": before.strip(), "here": after.strip()}
        table = [f'{key} = "{value}"' for key, value in values.items()]
        table.append(f"layers = {json.dumps(globs.split(', '))}")
        header += "\n".join(["[[difference]]", *table, ""])
    layers = ",\n".join(f'["{layer}", {row}]' for layer, row in rows.items())
    return f"{header}[net]\ninput = [4, 16, 16]\nlayers = [\n{layers}\n]\n"


def put(database: Database, *seeds: str) -> None:
    """Import them, each from a file of its own."""
    files = []
    for number, text in enumerate(seeds):
        files.append(database.path.with_name(f"{number}.toml"))
        files[-1].write_text(text, "utf-8")
    store(database.path, load(map(str, files)))
