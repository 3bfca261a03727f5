"""The table of routes: every address of the service, and of a site made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archdb.serve import drawings, questions
from archdb.serve.address import Arguments, Route
from archdb.serve.parameters import Parameter

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

VERDICTS = ("agrees", "explained", "contradicts", "not comparable")
QUANTITIES = ("params", "activations", "macs")

INPUT = Parameter("input", "another input size: 384, 3x384x384, or NAME=SIZE", many=True)
CONVENTION = Parameter("convention", "as a counting convention has it, such as mac or flop")
CONVENTIONS = Parameter("convention", "add totals of counting conventions, as flop", many=True)
BY = Parameter(
    "by", "what a row stands for", "total", ("total", "block", "op", "resolution", "layer")
)
ONLY = Parameter("only", "by layer or block: what differs alone", choices=("differences",))
LAYERS = Parameter("layers", "every layer, not blocks", False, kind="flag")
PROFILE = (INPUT, CONVENTIONS)
CATALOGUE = (
    Parameter("q", "words, or a glob such as vgg*"),
    Parameter("family", "only this family"),
    Parameter("year", "only of this year"),
    Parameter("op", "only networks with this op"),
    Parameter("classes", "only networks that tell so many classes apart"),
    Parameter("origin", "bundled, or imported"),
    Parameter("space", "the points of this search space: as /spaces/{space}"),
    Parameter("params", "between bounds: 1M..10M", kind="range"),
    Parameter("macs", "between bounds: ..600M", kind="range"),
    Parameter("sort", "sort by a column"),
    Parameter("desc", "the other way round", False, kind="flag"),
    CONVENTIONS,
    Parameter("columns", "these columns alone, as params,macs,depth"),
    Parameter("limit", "so many at the most", 200, kind="integer", most=10_000),
    Parameter("after", "those after this network"),
)
NUMBER = (
    Parameter("name", "a network, or NAME/LAYER", needed=True),
    Parameter("value", "the number as it is printed: 4.11G, 25.6 million", needed=True),
    Parameter("quantity", "what it is a number of", choices=QUANTITIES),
    CONVENTION,
    Parameter("source", "only conventions and publications whose source says this"),
    Parameter("until", "the number is of all up to a layer or block"),
    Parameter("all", "all readings", False, kind="flag"),
)
PUBLISHED = (
    Parameter("verdict", "only figures of this verdict", choices=VERDICTS),
    Parameter("citation", "only figures of this publication"),
    Parameter("quantity", "only figures of this quantity"),
)
EXPLAIN = (
    Parameter("quantity", "how this total comes together"),
    Parameter("by", "what a term of a sum stands for", "block", ("block", "layer")),
    INPUT,
)
LIMITS = (
    Parameter("limit", "so many rows at the most", kind="integer", most=2**31),
    Parameter("timeout", "seconds after which the statement is stopped", kind="number"),
)
SQL = (Parameter("q", "one statement that reads", needed=True), *LIMITS)


def of_op(a: Arguments) -> Sequence[Parameter]:
    """What an op takes: its inputs and its attributes."""
    from archdb.errors import NotFoundError, nearest
    from archdb.ops import REGISTRY

    op = REGISTRY.get(a["op"])
    if op is None:
        known = nearest(a["op"], REGISTRY) or "/calc lists all ops"
        raise NotFoundError(f"there is no op '{a['op']}'", remedy=known)
    own = [
        Parameter(attribute.name, attribute.kind.takes)
        for attribute in op.declaration.attributes.values()
    ]
    return [
        Parameter("input", "what arrives: 3x227x227, 19x23 or 4096", many=True),
        Parameter("explain", "how each figure is worked out", False, kind="flag"),
        *own,
    ]


def is_light(reader: Reader, a: Arguments) -> bool:
    """Whether figures that are stored answer it: no rule, no other input, no alignment, as of two
    variants of one network, of which it is said how they differ."""
    names = a.get("names") or (a["name"],)
    if a.get("input") or a["by"] in ("layer", "block") or any("+" in name for name in names):
        return False
    if len(names) != 2 or not all(map(reader.stored, names)):
        return True
    from archdb.queries.lineage import are_kin  # start-up counts

    return not are_kin(reader, *names)


NETWORK, ONE = "/networks/{name}", (*PROFILE,)
ROUTES: tuple[Route, ...] = (
    Route("/", "What is here", page="start"),
    Route("/networks", "The catalogue", CATALOGUE, questions.listed, "networks"),
    Route(
        NETWORK,
        "One network",
        (BY, *PROFILE),
        questions.shown(),
        "network",
        {"bib": questions.bibliography},
        is_light,
    ),
    *(
        Route(f"{NETWORK}/{part}", f"A network: {part}", ONE, questions.shown(by), "table")
        for part, by in {
            "totals": "total",
            "blocks": "block",
            "layers": "layer",
            "ops": "op",
            "resolutions": "resolution",
        }.items()
    ),
    Route(
        f"{NETWORK}/sources",
        "Where a network is described",
        question=questions.rows_of(
            "select number, claim, place, citation, title, year, doi, url"
            " from architecture_source where architecture = :name order by number",
            "name",
        ),
        page="table",
    ),
    Route(
        f"{NETWORK}/published", "Figures that others print", PUBLISHED, questions.published,
        "published",
    ),
    Route(
        f"{NETWORK}/lineage",
        "How it differs from its base",
        question=lambda database, a: database.lineage(a["name"]),
        page="table",
    ),
    Route(
        f"{NETWORK}/nearest",
        "What it is like",
        (Parameter("limit", "how many networks", 5, kind="integer", most=50),),
        lambda database, a: database.nearest(a["name"], count=a["limit"]),
        "table",
    ),
    Route(f"{NETWORK}/explain", "What its totals are made of", EXPLAIN, questions.explained,
          "explain"),
    Route(f"{NETWORK}/explain/{{layer*}}", "A layer's figures, step by step", EXPLAIN,
          questions.explained, "explain"),
    Route(
        f"{NETWORK}/drawing",
        "A network as a drawing",
        (LAYERS, INPUT),
        written={form: drawings.drawn(form) for form in ("svg", "dot", "mermaid")},
    ),
    Route(
        f"{NETWORK}/charts/{{chart}}",
        "A network in a chart: depth, resolution or receptive-field",
        (INPUT,),
        written={"svg": drawings.charted},
    ),
    Route(
        "/charts/accuracy",
        "Accuracies that are published beside what they cost",
        (Parameter("source", "of this publication"),),
        written={"svg": drawings.accuracies},
    ),
    Route(
        "/compare", "Two networks, chosen", (Parameter("name", "networks", many=True),),
        page="choose",
    ),
    Route(
        "/compare/{names*}", "Networks side by side", (BY, *PROFILE, ONLY), questions.compared,
        "compare", light=is_light,
    ),
    Route("/explain-number", "Where a printed number comes from", NUMBER,
          questions.explained_number, "number"),
    Route("/calc", "One layer that is in no database", page="ops"),
    Route("/calc/{op}", "One layer, worked out", of_op, questions.calculated, "calc"),
    Route(
        "/rewrite/{name}",
        "What rules make of a network",
        (
            Parameter("rule", "a rule, as width=0.5; again for each further one", many=True,
                      needed=True),
            Parameter("only", "only layers of such names"),
            INPUT,
        ),
        questions.rewritten,
        "rewrite",
    ),
    Route(
        "/sweep",
        "Figures over a range of sizes and rules",
        (
            Parameter("name", "NAME, or NAME+RULE=RANGE", many=True, needed=True),
            Parameter("input", "input sizes: 128..512:32, or 224,256", many=True),
            CONVENTION,
        ),
        questions.swept,
        "sweep",
    ),
    Route("/published", "Figures that others print", PUBLISHED, questions.published, "published"),
    Route(
        "/conventions",
        "Ways in which operations are counted",
        question=questions.rows_of(
            "select name, sentence, source, divisor, missing from convention order by name"
        ),
        page="conventions",
    ),
    Route("/conventions/{convention}", "What a convention counts", (), questions.conventions,
          "convention"),
    Route("/spaces", "Search spaces", question=lambda database, a: database.space_list(),
          page="spaces"),
    Route(
        "/spaces/{space}",
        "The points of a search space",
        (
            Parameter("params", "between bounds: 1M..10M", kind="range"),
            Parameter("macs", "between bounds: ..600M", kind="range"),
            Parameter("limit", "so many at the most", 200, kind="integer", most=10_000),
            Parameter("after", "those after this number", kind="integer"),
        ),
        questions.points,
        "table",
    ),
    Route(
        "/citations/{key}", "What a publication vouches for", (), questions.citation, "citation",
        {"bib": questions.publication},
    ),
    Route("/schema", "Views and columns", (), lambda database, a: database.schema(), "table"),
    Route("/schema/{view}", "The columns of a view",
          question=lambda database, a: database.schema(a["view"]), page="table"),
    Route("/sql", "One statement that reads", SQL, page="sql", free=True, is_sql=True),
    Route("/saved/{query}", "A saved query", LIMITS, page="sql", free=True, is_sql=True),
    Route("/api", "Every address", page="api"),
)  # fmt: skip


def of_pattern(pattern: str) -> Route:
    """The route of a pattern that is written in code."""
    return next(route for route in ROUTES if route.pattern == pattern)
