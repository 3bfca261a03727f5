"""Issue 10, items 3, 4, 5, 7, 11: figures are exact, from the printed digits and back."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from command import archdb
from drawing import chain, conv
from hypothesis import example, given
from hypothesis import strategies as st
from variants import put, seed

from archdb.api import Database
from archdb.blocks.efficientnet import repeat_count
from archdb.blocks.widths import scale_channels
from archdb.db import reported_figures
from archdb.db.engine import writing
from archdb.errors import ArchdbError, DefinitionError, UsageError
from archdb.explain.quantity import percent
from archdb.model.graph import Network
from archdb.ops import make
from archdb.printed_number import CUT, FILLED, ROUND, in_full, parse
from archdb.queries.sweep import expand
from archdb.render.paper_scale import Scale
from archdb.rewrite import apply
from archdb.rewrite.names import MOST
from archdb.rounding import Written, fixed, significant
from archdb.sources.reported import Figure
from archdb.sources.reported_columns import UNITS
from archdb.sources.toml import bundled_references
from archdb.sources.written_sum import terms

# Item 5: what a number is read as.

READ = [
    ("4.1G", 4_100_000_000),
    ("4.1e9", 4_100_000_000),
    ("4.1E+9", 4_100_000_000),
    ("4.1 × 10^9", 4_100_000_000),
    ("4.1·10⁹", 4_100_000_000),
    ("4.1x10**9", 4_100_000_000),
    ("~4.1G", 4_100_000_000),
    ("≈ 4.1 G", 4_100_000_000),
    ("about 4.1 billion FLOPs", 4_100_000_000),
    ("4.12 GMac", 4_120_000_000),
    ("25.6 million", 25_600_000),
    ("25.6 Million parameters", 25_600_000),
    ("25,557,032", 25_557_032),
    ("25 557 032", 25_557_032),
    ("25\u2009557\u2009032", 25_557_032),
    ("25\u202f557\u202f032", 25_557_032),
    ("25\u00a0557\u202f032", 25_557_032),
    ("25'557’032", 25_557_032),
    ("25_557_032", 25_557_032),
    ("25.557.032", 25_557_032),
    ("1,814.5M", 1_814_500_000),
    ("1.814,5M", 1_814_500_000),
    ("1 814,5M", 1_814_500_000),
    ("2.080 810M", 2_080_810),
    (".5M", 500_000),
    ("102228128 bytes", 102_228_128 // 4),
    ("97.8 MiB", Fraction(978 * 2**20, 40)),
    (f"{2**63 - 1}", 2**63 - 1),
]


@pytest.mark.parametrize(("words", "value"), READ)
def test_a_number_is_read_as_people_write_it(words: str, value: Fraction) -> None:
    assert parse(words).value == value


OPEN = [  # what can be read in two ways, and as what
    ("4,1G", "4.1G", "41G"),
    ("25,6M", "25.6M", "256M"),
    ("0,5M", "0.5M", "5M"),
    ("0,500M", "0.500M", "500M"),
    ("1,234,56", "1234.56", "123456"),
    ("12,34,567", "1234.567", "1234567"),
    ("1.234,567G", "1234.567G", "1.234567G"),
    ("~4,11 GMACs", "~4.11 GMACs", "~411 GMACs"),
]


@pytest.mark.parametrize(("words", "point", "group"), OPEN)
def test_commas_that_do_not_group_in_threes_are_refused_with_both_readings(
    words: str, point: str, group: str
) -> None:
    with pytest.raises(UsageError, match="in two ways") as caught:
        parse(words)
    assert f"write {point} if" in caught.value.remedy
    assert f", {group} if" in caught.value.remedy


def test_one_group_of_three_says_how_else_it_can_be_read() -> None:
    assert parse("4,100G").value == 4_100 * 10**9
    assert parse("4,100G").aside.endswith("as a decimal point it is 4.100")
    assert parse("138.357").aside.endswith("it is 138357")
    for plain in ("25,557", "4.100G", "25,557,032", "1,234.5G"):
        assert not parse(plain).aside


HOPELESS = [
    *("9" * 400, "9" * 5000, "0." + "1" * 5000, "1e999999", "1e-999999", f"{2**63 + 1}", "9e18G"),
    *(
        "inf",
        "nan",
        "sNaN",
        "-4",
        "1e",
        "e9",
        "4.1.G",
        "1 2",
        "13_8",
        "4'1G",
        "1,2.3",
        "4.1%",
        "1/3",
    ),
    *("٤", "0x10", "1e9.5", "4.1–4.2G"),
]


@pytest.mark.parametrize("words", HOPELESS, ids=lambda words: words[:12])
def test_numbers_of_any_length_and_kind_are_answered(words: str) -> None:
    with pytest.raises(UsageError):
        parse(words)


# Item 3: what the digits stand for.

POWERS = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12}
#: Of the digits 1 to 3,999 those at which something changes, and some between.
DIGITS = [
    *range(1, 121),
    *range(995, 1006),
    1499,
    1500,
    1875,
    1999,
    2000,
    2048,
    2500,
    *range(3995, 4000),
]


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("decimals", range(7))
def test_bounds_are_those_of_the_schoolbook(power: str, decimals: int) -> None:
    """Every suffix with every number of decimals: at both bounds, and one before them. All is in
    whole numbers: d/10^p × 10^s is rounded to d from (2d - 1) × 10^(s - p) / 2 on."""
    scale = POWERS[power] - decimals
    up, down = 10 ** max(scale, 0), 10 ** max(-scale, 0)
    for d in DIGITS:
        words = (
            f"{d // 10**decimals}" + f".{d % 10**decimals:0{decimals}d}" * (decimals > 0) + power
        )
        printed = parse(words)
        least = -((1 - 2 * d) * up // (2 * down))  # the least whole number that is not below
        above = -(-(2 * d + 1) * up // (2 * down))
        beyond = -(-(d + 1) * up // down)
        for value in {least, above - 1} if least < above else ():
            assert printed.digits(value) == ROUND, (words, value)
        otherwise = (None, FILLED) if printed.filled() else (None,)
        assert printed.digits(least - 1) in otherwise, words
        for value in {above, beyond - 1} if above < beyond else ():
            assert printed.digits(value) == CUT, (words, value)
        assert printed.digits(beyond) in otherwise, words


@pytest.mark.parametrize(
    ("words", "rounded", "cut", "neither"),
    [
        ("4.1G", 4_149_999_999, 4_150_000_000, 4_200_000_000),
        ("4.2G", 4_150_000_000, 4_250_000_000, 4_149_999_999),
        ("0.00402M", 4_015, 4_025, 4_014),  # the property test that failed in some runs
        ("2.080810M", 2_080_810, None, 2_080_811),
        ("9007199254740993", 2**53 + 1, None, 2**53 + 2),
        (f"{2**63 - 1}", 2**63 - 1, None, 2**63 - 2),
    ],
)
def test_no_binary_fraction_stands_between(
    words: str, rounded: int, cut: int | None, neither: int
) -> None:
    assert parse(words).digits(rounded) == ROUND
    assert cut is None or parse(words).digits(cut) == CUT
    assert parse(words).digits(neither) is None


def test_a_bound_is_written_in_full() -> None:
    assert [in_full(bound) for bound in parse("4.1G").rounded] == ["4,050,000,000", "4,150,000,000"]
    assert [in_full(bound) for bound in parse("60000").rounded] == ["59,999.5", "60,000.5"]
    assert in_full(parse("97.8MiB").rounded[0]) == "25,624,576"


def test_filling_zeros_are_another_reading() -> None:
    assert parse("7630000000").filled() == (7_625_000_000, 7_635_000_000)
    assert parse("7.630G").filled() is None
    assert parse("763").filled() is None
    assert parse("10G").filled() is None
    assert parse("100").filled() is None


# Item 3: what is stored of them, and the verdicts in SQL.


def figure(value: str, unit: str, quantity: str = "params", layers: tuple[str, ...] = ()) -> Figure:
    text = f"{value}-{unit}-{quantity}"
    stated = ("huge", "N", quantity, None, layers, value, unit, "params", None)
    return Figure(text, *stated, "he2016", "Table 1", "source", None)


def verdicts(database: Database, figures: list[Figure]) -> dict[str, tuple[object, str]]:
    with writing(database.path) as connection:
        reported_figures.insert_reported(connection, figures, [], bundled_references())
    with closing(sqlite3.connect(database.path)) as client:
        rows = client.execute("select figure, derived, verdict from published_check")
        return {figure: (derived, verdict) for figure, derived, verdict in rows}


#: A matrix alone: 2,147,483,647 × 4,194,305, which is odd and above 2⁵³.
HUGE = (2**31 - 1) * (2**22 + 1)


@pytest.fixture
def huge(opened: Database) -> Database:
    text = seed("huge", {"fc": '"linear", {units = 4194305, bias = false}'})
    put(opened, text.replace("[4, 16, 16]", "[2147483647]"))
    return opened


@pytest.mark.parametrize("divisor", [1, 2, 7, 360_360])
def test_verdicts_are_found_in_whole_numbers(huge: Database, divisor: int) -> None:
    """At every precision and unit, the digits that ours has, rounded by hand, and both of their
    neighbours: of three figures one agrees, and ours is a fraction where the convention divides."""
    with closing(sqlite3.connect(huge.path)) as client, client:
        client.execute("update convention set divisor = ? where name = 'params'", [divisor])
    ours, expected = Fraction(HUGE, divisor), {}
    for unit, size in UNITS.items():
        for decimals in range(4):
            last = 10**decimals
            digits = int(ours * last / size + Fraction(1, 2)) if unit != "%" else 100 * last
            for near in (digits - 1, digits, digits + 1):
                words = f"{near // last}" + f".{near % last:0{decimals}d}" * (decimals > 0)
                if (2 * near + 1) * size < 2**63:  # what the table holds
                    expected[figure(words, unit)] = "agrees" if near == digits else "contradicts"
    found = verdicts(huge, list(expected))
    assert len(found) > 90
    for one, verdict in expected.items():
        assert found[one.figure][1] == verdict, (one, found[one.figure])
    if divisor == 1:
        assert found["9007201398030335-count-params"] == (HUGE, "agrees")


def test_halves_are_rounded_up_in_verdicts(huge: Database) -> None:
    """Half of an odd number: 4503600700899327.5 is printed as …328, never as …327."""
    with closing(sqlite3.connect(huge.path)) as client, client:
        client.execute("update convention set divisor = 2 where name = 'params'")
    up, down = (figure(f"{HUGE // 2 + n}", "count") for n in (1, 0))
    found = verdicts(huge, [up, down])
    assert (found[up.figure][1], found[down.figure][1]) == ("agrees", "contradicts")


def test_no_column_of_figures_is_binary(opened: Database) -> None:
    """A migration made the last ones whole numbers."""
    with closing(sqlite3.connect(opened.path)) as client:
        tables = client.execute(
            "select name from pragma_table_list where type = 'table'"
        ).fetchall()
        for (table,) in tables:
            kinds = client.execute("select type from pragma_table_info(?)", [table]).fetchall()
            assert ("REAL",) not in kinds, table


def test_a_figure_beyond_64_bits_is_refused(huge: Database) -> None:
    with pytest.raises(DefinitionError, match="larger than a count can be"):
        verdicts(huge, [figure("9" * 19, "k")])


@pytest.mark.parametrize(
    "words",
    ["9**9**9**9", "10**99999999", "2**(1/2)", "1/3", "10**19", "(" * 500 + "1" + ")" * 500],
)
def test_a_sum_that_is_no_count_is_refused_at_once(words: str) -> None:
    from archdb.sources.reported_columns import EXPLANATION

    with pytest.raises(DefinitionError, match="'sum' needs whole numbers"):
        EXPLANATION.parse({"figure": "he2016-1", "sum": words})
    assert terms("10**6 / 8") == (False, 125_000)


# Item 4: one rule of rounding.


@pytest.mark.parametrize(
    ("value", "decimals", "of", "text"),
    [
        (1_125_000, 2, 10**6, "1.13"),
        (1_025_000, 2, 10**6, "1.03"),
        (-1_125_000, 2, 10**6, "-1.13"),
        (1_124_999, 2, 10**6, "1.12"),
        (2.675, 2, 1, "2.68"),  # as a binary fraction it is less
        (Fraction(1, 8), 2, 1, "0.13"),
        (2**63 - 1, 0, 1, "9,223,372,036,854,775,807"),
        (5e-324, 2, 1, "0.00"),
        (1e22, 1, 1, "10,000,000,000,000,000,000,000.0"),
    ],
)
def test_halves_go_away_from_zero(
    value: float | Fraction, decimals: int, of: int, text: str
) -> None:
    assert fixed(value, decimals, of) == text


@given(st.floats(1e-4, 1e15), st.integers(1, 9))
@example(2.675, 3)
@example(0.30000000000000004, 6)
@example(9.9999996, 6)
@example(1234.565, 6)
def test_a_float_has_so_many_digits(value: float, digits: int) -> None:
    with localcontext(Context(60, ROUND_HALF_UP)) as exact:
        whole = Context(digits, ROUND_HALF_UP).plus(Decimal(repr(value)))
        place = Decimal(1).scaleb(-max(digits - 1 - whole.adjusted(), 1))
        assert significant(value, digits) == f"{exact.quantize(Decimal(repr(value)), place):,f}"


@pytest.mark.parametrize("form", ["latex", "markdown"])
def test_a_table_for_a_paper_rounds_as_printed_figures_are_read(form: str, database: Path) -> None:
    """1.125 M is 1.13 M, which explain-number calls rounded, and not cut off."""
    for count, text in ((1_125_000, "1.13"), (1_025_000, "1.03"), (1_035_000, "1.04")):
        out = archdb("query", f"select {count} as params", "--format", form, database=database).out
        assert re.search(rf"\b{text}\b", out), out
        assert "halves up (away from zero)" in out
        assert parse(f"{text}M").digits(count) == ROUND


@given(st.integers(0, 2**63 - 1), st.sampled_from([3, 6, 9, 12]))
@example(1_125_000, 6)
@example(1_995_000, 6)
def test_every_scaled_figure_is_read_back_as_rounded(count: int, power: int) -> None:
    scale = Scale({3: "k", 6: "M", 9: "G", 12: "T"}[power], power)
    text = scale.cell(count, "macs")
    assert text[0] == "<" or not count or parse(text + scale.prefix).digits(count) == ROUND


def test_shares_of_a_total_round_halves_up() -> None:
    assert percent(1, 2000) == 0.1  # 0.05 %
    assert percent(5, 2000) == 0.3  # 0.25 %, which to the even digit is 0.2
    assert percent(3, 2000) == 0.2


# Item 11: what need not be whole keeps its digits.


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("136240506.66666667", "136,240,506.7"),
        ("1.0 / 3", "0.333333"),
        ("2.269452", "2.26945"),
        ("15480102912.0", "15,480,102,912"),
        ("123456.75", "123,456.8"),
        ("99999.94", "99,999.9"),
        ("0.00012345678", "0.000123457"),
        ("1e15 / 7", "142,857,142,857,142.8"),
        ("0.000041867", "4.1867e-5"),
        ("1e300", "1e300"),
        ("9e999", "inf"),
        ("-2.5", "-2.5"),
    ],
)
def test_an_average_keeps_its_digits_in_a_table(sql: str, text: str, database: Path) -> None:
    lines = archdb("query", f"select {sql} as x", database=database).out.split()
    assert lines[-1] == text


def test_the_average_of_the_vggs(database: Path) -> None:
    """(132,863,336 + 133,047,848 + 138,357,544 + 143,667,240) / 4, of VGG-11, 13, 16 and 19, and of
    three of them a mean that is not whole; a table for papers knows that it is of parameters, and
    says it in millions."""
    sql = "select avg(params) as mean from architecture_summary where is_native and architecture in"
    for names, mean, millions in (
        ("('vgg11', 'vgg13', 'vgg16', 'vgg19')", "136,983,992", "136.98"),
        ("('vgg11', 'vgg13', 'vgg16')", "134,756,242.7", "134.76"),
    ):
        for form, shown in (("table", mean), ("markdown", millions), ("latex", millions)):
            out = archdb("query", f"{sql} {names}", "--format", form, database=database).out
            assert shown in out, out


# Item 3: widths and other factors of counts.


@pytest.mark.parametrize(
    ("filters", "factor", "width"),
    [
        (150, "0.57", 86),  # 85.5
        (150, "0.5699999999999999999999", 85),  # less, in digits that no float has
        (150, "5.7e-1", 86),
        (50, "0.29", 15),  # 14.5
        (100, "1.115", 112),  # 111.5
        (3, ".5", 2),  # 1.5
        (1, "0.001", 1),
    ],
)
def test_a_width_is_worked_out_from_the_digits_of_the_factor(
    filters: int, factor: str, width: int
) -> None:
    network = chain((3, 9, 9), conv(filters, 1), make("relu", {}), conv(2, 1))
    made = apply(network, f"width={factor}").network
    assert next(layer for layer in made if layer.name == "1").op.filters == width


def test_every_width_of_two_decimals_rounds_halves_up() -> None:
    """(2 × filters × hundredths + 100) // 200 is half up in whole numbers."""
    for filters in (1, 7, 50, 150, 250, 1000):
        channels = chain((3, 5, 5), conv(filters, 1), conv(2, 1))
        for hundredths in range(1, 200, 7):
            made = apply(channels, f"width={hundredths / 100:.2f}").network
            exact = max((2 * filters * hundredths + 100) // 200, 1)
            assert list(made)[1].op.filters == exact, (filters, hundredths)


def test_a_range_of_widths_is_exact() -> None:
    assert expand("0.1..0.3:0.1") == ["0.1", "0.2", "0.3"]
    assert expand("-1..1:0.5") == ["-1", "-0.5", "0", "0.5", "1"]
    assert expand("0..1:0.333333333333333333")[-1] == "0.999999999999999999"


def test_a_width_in_a_seed_is_exact() -> None:
    """40 × 1.1 is 44, in multiples of 8 and halves up 48; 3 layers × 1.4 are 4.2, so 5."""
    assert scale_channels(40, 1.1) == 48
    assert (
        scale_channels(100, Written("0.3599999999999999999999")) == 40
    )  # 36, less; 32 is under 9/10
    assert scale_channels(20, 1.0) == 24  # 2.5 × 8
    assert repeat_count(3, 1.4) == 5 and repeat_count(5, 1.2) == 6


# Numbers of any length and kind.

ODD = [
    *("inf", "-inf", "nan", "sNaN", "1e999999", "1e-999999", "٣", ""),
    "9" * 5000,
    "0." + "1" * 5000,
]


@pytest.mark.parametrize("word", ODD, ids=lambda word: word[:9])
def test_a_number_of_any_length_and_kind_is_answered(word: str) -> None:
    for span in (f"{word}..2", f"1..{word}", f"1..2:{word}"):
        with pytest.raises(UsageError, match="range"):
            expand(span)
    network = chain((3, 9, 9), conv(4, 1), conv(2, 1))
    for rule in ("width", "classes", "dilate"):
        with pytest.raises(UsageError, match=rule):
            apply(network, f"{rule}={word}")


@pytest.mark.parametrize(
    "number", ["inf", "nan", "1e999999", "0.1e-999999", "1_0.0_1e-2", "0." + "1" * 5000]
)
def test_a_number_of_a_seed_of_any_length_and_kind_is_answered(
    number: str, opened: Database
) -> None:
    for row in (
        f'"dropout", {{rate = {number}}}',
        f'"depthwise_separable", {{out = 8, width = {number}}}',
    ):
        try:
            put(opened, seed("odd", {"a": row}))
        except ArchdbError as error:
            assert "needs a" in str(error) or "rate" in str(error), error
        else:
            assert number[0] in "01"
            with closing(sqlite3.connect(opened.path)) as client, client:
                client.execute("delete from network")


# Rules: how many, and whose name is meant.


def test_rules_on_one_network_are_few() -> None:
    network = chain((3, 9, 9), conv(4, 1), conv(2, 1))
    assert apply(network, ["width=1"] * MOST).network.layers == network.layers
    with pytest.raises(UsageError, match=f"{MOST + 1} rules on one network: at most {MOST}"):
        apply(network, "+".join(["width=1"] * (MOST + 1)))


def test_a_name_is_that_layers_before_it_is_a_glob() -> None:
    """'conv[0]' is a layer, and the glob of another, 'conv0'."""
    first = chain((3, 9, 9), conv(4, 1), conv(6, 1), conv(2, 1))
    called = {"1": "conv[0]", "2": "conv0"}
    layers = [
        layer._replace(
            name=called.get(layer.name, layer.name),
            inputs=tuple(called.get(name, name) for name in layer.inputs),
        )
        for layer in first
    ]
    network = Network("net", layers)
    for made in (apply(network, "width=2@conv[0]"), apply(network, "width=2", only="conv[0]")):
        assert [layer.op.filters for layer in list(made.network)[1:3]] == [8, 6]
    both = apply(network, "width=2@conv*").network
    assert [layer.op.filters for layer in list(both)[1:3]] == [8, 12]


def test_names_are_taken_as_they_are_wherever_globs_are(opened: Database) -> None:
    """A variant states its difference in 'conv[0]', and the catalogue lists 'net[0]'."""
    base = {"conv[0]": '"conv2d", {filters = 8, kernel = 3}', "fc": '"linear", {units = 2}'}
    here = {**base, "conv[0]": '"conv2d", {filters = 4, kernel = 3}'}
    stated = "filters: 8 → 4 in conv[0]"
    put(opened, seed("net[0]", base), seed("half", here, stated, base="net[0]"))
    assert archdb("check", database=opened.path).status == 0
    listed = archdb("list", "net[0]", "--format", "csv", database=opened.path)
    assert "\nnet[0]," in listed.out
    rule = archdb("rewrite", "net[0]", "width=2@conv[0]", "--format", "csv", database=opened.path)
    assert rule.status == 0 and "conv[0],follows" in rule.out.replace("changed", "follows")


def test_a_sweep_holds_few_networks(database: Path) -> None:
    """101 × 100 networks are made before the first point, and none of 10,100 is."""
    name = "lenet5+classes=1..101+width=1..100"
    answer = archdb("sweep", name, database=database)
    assert (answer.status, answer.out) == (2, "")
    assert "more than 10,000 networks" in answer.err
