"""Published figures as text: what digits stand for, and files that say something wrong."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdb.errors import DefinitionError
from archdb.sources import reported
from archdb.sources.reported import interval
from archdb.sources.reported_columns import EXPLANATION, FIGURE, UNITS
from archdb.sources.written_sum import evaluate, terms

WHOLE_CATALOGUE = True

G, M, KI, MIB = 10**9, 10**6, 2**10, 2**20

DIGITS = [  # value, unit, how cut, least that is printed so, least above that is not
    ("15.3", "G", None, 15.25 * G, 15.35 * G),
    ("15.30", "G", None, 15_295 * M, 15_305 * M),
    ("133", "M", None, 132.5 * M, 133.5 * M),
    ("5", "G", None, 4.5 * G, 5.5 * G),
    ("0.04", "G", None, 35 * M, 45 * M),
    ("60000", "count", None, 60_000 - 0.5, 60_000 + 0.5),  # of whole numbers: 60,000 alone
    ("94.86", "%", None, Fraction(94855, 1000), Fraction(94865, 1000)),
    ("159", "Ki", None, 158.5 * KI, 159.5 * KI),
    ("29", "MB", None, 28.5 * M, 29.5 * M),
    ("29", "MiB", None, 28.5 * MIB, 29.5 * MIB),
    ("15300", "M", "rounded", 15_250 * M, 15_350 * M),  # the two zeros fill
    ("15300", "M", None, 15_299.5 * M, 15_300.5 * M),
    ("650000", "count", "rounded", 645_000, 655_000),
    ("3.8", "G", "truncated", 3800 * M, 3900 * M),
    ("60", "M", "truncated", 60 * M, 61 * M),
]


@pytest.mark.parametrize(("value", "unit", "digits", "least", "above"), DIGITS)
def test_what_printed_digits_stand_for(
    value: str, unit: str, digits: str | None, least: Fraction, above: Fraction
) -> None:
    assert interval(value, unit, digits) == (least, above)


@pytest.mark.parametrize("value", ["15.3", "1.50", "231"])
def test_only_zeros_can_fill(value: str) -> None:
    with pytest.raises(DefinitionError, match="no zeros at its end"):
        interval(value, "G", "rounded")


SUMS = [
    ("60*(25+1)*100", 156_000),
    ("55*48*96", 253_440),
    ("340908 + 156000 - 151600", 345_308),
    ("10**6 / 8", 125_000),
    ("1/3", Fraction(1, 3)),
]


@pytest.mark.parametrize(("words", "value"), SUMS)
def test_sums_are_evaluated_exactly(words: str, value: int) -> None:
    assert evaluate(words) == value


def test_a_sum_may_begin_with_our_own_value() -> None:
    assert terms("ours - 9600/2 + 1") == (True, -4799)
    assert terms("9600/2") == (False, 4800)
    for words in ("ours", "1 + ours", "ours 1", "ours * 2", "ourselves + 1"):
        with pytest.raises(ValueError):
            terms(words)


@pytest.mark.parametrize(
    "words", ["", "1 +", "x", "1.5", "-1", "'a'", "True", "abs(1)", "1/0", "2 % 3", "(1, 2)", "1;2"]
)
def test_anything_else_is_no_sum(words: str) -> None:
    with pytest.raises(ValueError):
        evaluate(words)


ROW = {
    **{"figure": "he2016-1", "printed_as": "ResNet-18", "quantity": "macs", "value": "1.8"},
    **{"unit": "G", "citation": "he2016", "place": "Table 1", "seen": "source"},
}
WRONG = [  # what is changed, and what the error says
    ({"quantity": "flops"}, "'quantity' needs one of params, macs"),
    ({"unit": "B"}, "'unit' needs one of count"),
    ({"seen": "yes"}, "'seen' needs one of source, conversion, second-hand, memory"),
    ({"value": "1,814"}, "'value' needs digits as printed"),
    ({"value": "about 2"}, "'value' needs digits as printed"),
    ({"value": "1e9"}, "'value' needs digits as printed"),
    ({"input": "native"}, "'input' needs an input such as 3x224x224"),
    ({"place": None}, "'place' is missing"),
    ({"colour": "red"}, "has no attribute 'colour'"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_wrong_figure_is_refused(change: dict[str, str], message: str) -> None:
    row = {key: value for key, value in {**ROW, **change}.items() if value is not None}
    with pytest.raises(DefinitionError) as caught:
        FIGURE.parse(row)
    assert message in str(caught.value)


def test_a_wrong_explanation_is_refused() -> None:
    for change, message in (
        ({"digits": "nearly"}, "'digits' needs one of rounded, truncated"),
        ({"sum": "2 * macs"}, "'sum' needs whole numbers"),
        ({"status": "wrong"}, "'status' needs one of erratum, open, not comparable"),
    ):
        with pytest.raises(DefinitionError) as caught:
            EXPLANATION.parse({"figure": "he2016-1", **change})
        assert message in str(caught.value)


def test_an_error_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reported, "_directory", lambda: tmp_path)
    file = tmp_path / "resnet.csv"
    head, cells = ",".join(ROW), ",".join(ROW.values())
    for line, message in (
        (cells + ",more", "has more cells than columns"),
        (cells.replace("1.8", "-1.8"), "'value' needs digits"),
    ):
        file.write_text(f"{head}\n{cells}\n{line}\n", "utf-8")
        with pytest.raises(DefinitionError) as caught:
            reported.bundled_figures()
        assert str(caught.value).startswith(f"{file}, line 3: ")
        assert message in str(caught.value)
    file.write_text(f"{head}\n{cells}\n", "utf-8")
    (figure,) = reported.bundled_figures()
    assert (figure.value, figure.architecture, figure.layers) == ("1.8", None, ())


def test_figures_are_named_by_their_citation_and_a_number() -> None:
    figures = reported.bundled_figures()
    numbered: dict[str, list[str]] = {}
    for figure in figures:
        numbered.setdefault(figure.citation, []).append(figure.figure)
    for citation, names in numbered.items():
        assert names == [f"{citation}-{n}" for n in range(1, len(names) + 1)]


def test_what_is_stated_without_a_check_has_its_reason() -> None:
    for explanation in reported.bundled_explanations():
        read = any(explanation[1:-2])  # in another way: architecture to sum
        assert read != bool(explanation.status), explanation.figure
        assert explanation.because or not explanation.status, explanation.figure


# Properties.

COUNTS = st.integers(min_value=0, max_value=10**10)
DECIMALS = st.integers(min_value=0, max_value=4)
NAMES_OF_UNITS = st.sampled_from(sorted(UNITS))


def printed(count: int, unit: str, decimals: int) -> Decimal:
    """A count in a unit, as a table prints it: halves rounded up."""
    exact = Decimal(count) / UNITS[unit]  # units are 10**n or 2**n: it ends
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@given(COUNTS, NAMES_OF_UNITS, DECIMALS)
def test_a_count_agrees_with_what_it_is_rounded_to_and_with_its_neighbours_never(
    count: int, unit: str, decimals: int
) -> None:
    with localcontext(prec=60):
        value = printed(count, unit, decimals)
        step = Decimal(1).scaleb(-decimals)
        least, above = interval(f"{value:f}", unit)
        assert least <= count < above
        after = interval(f"{value + step:f}", unit)
        assert after[0] == above  # no gap, and nothing agrees with both
        assert not after[0] <= count < after[1]


@given(COUNTS, NAMES_OF_UNITS, DECIMALS)
def test_cut_off_digits_stand_for_what_begins_with_them(
    count: int, unit: str, decimals: int
) -> None:
    with localcontext(prec=60):
        exact = Decimal(count) / UNITS[unit]
        value = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)
        least, above = interval(f"{value:f}", unit, "truncated")
        assert least <= count < above
        rounded = interval(f"{value:f}", unit)
        assert rounded[0] < least < rounded[1] < above  # half a digit later


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=1, max_value=6))
def test_filling_zeros_widen_the_interval_tenfold_each(digits: int, zeros: int) -> None:
    value = f"{digits}{'0' * zeros}"
    least, above = interval(value, "M", "rounded")
    filled = len(value) - len(value.rstrip("0"))
    assert above - least == 10**filled * M
    assert (least + above) / 2 == int(value) * M
