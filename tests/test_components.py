"""A component is declared once: tables, views, conventions and explanations all follow the list."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archdb.analysis import conventions
from archdb.analysis.layer_costs import COUNTS
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.db import dictionary
from archdb.db.expansion import expand
from archdb.db.tables import fact_row, profile
from archdb.explain.quantity import SUMS
from archdb.model.components import (
    BUFFER,
    COMPONENTS,
    PARAMETERS,
    QUANTITIES,
    TOTALLED,
    TRAINED,
    Sizes,
    Work,
)

EACH_LAYER, EACH_NETWORK = ("layer_summary",), ("architecture_summary",)
GROUPS = ("block_summary", "op_summary", "resolution_summary")


def test_what_ops_and_tensors_state_is_what_is_counted() -> None:
    names = [component.name for component in COMPONENTS]
    assert names == [*(each.name for each in PARAMETERS), *Work._fields, *Sizes._fields]
    assert len(set(names)) == len(names)
    assert tuple(names) == COUNTS
    assert [each.role for each in PARAMETERS if each.name not in TRAINED] == [BUFFER]


def test_tables_have_a_column_for_each() -> None:
    assert {each.name for each in COMPONENTS} <= set(fact_row.columns.keys())
    assert {each.name for each in TOTALLED} <= set(profile.columns.keys()) & set(TOTAL_COLUMNS)


def test_conventions_may_weigh_each_and_explain_adds_up_what_has_totals() -> None:
    assert tuple(each.name for each in QUANTITIES) == conventions.QUANTITIES
    assert {each.name for each in TOTALLED} <= SUMS.keys()


@pytest.mark.parametrize("relation", [*EACH_LAYER, *GROUPS])
def test_views_have_a_column_for_each_in_this_order(relation: str) -> None:
    entries = [entry for entry in dictionary.entries() if entry.relation == relation]
    names = [entry.column for entry in entries]
    begin = names.index("params")
    assert names[begin : begin + len(QUANTITIES)] == [each.name for each in QUANTITIES]
    said = {entry.column: (entry.unit, entry.meaning) for entry in entries}
    for each in QUANTITIES:
        meaning = each.meaning if relation in EACH_LAYER else each.of_group
        assert said[each.name] == (each.unit, meaning)


@pytest.mark.parametrize("quantity", [each.name for each in QUANTITIES])
def test_a_convention_that_weighs_one_component_gives_its_sum(
    quantity: str, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("insert into convention (name, sentence, source) values ('own', '', '')")
        connection.execute(
            "insert into convention_weight select distinct 'own', op, ?, 3 from layer", [quantity]
        )
        weighed = connection.execute(
            "select architecture, value from convention_total where convention = 'own' order by 1"
        ).fetchall()
        summed = connection.execute(
            f"select architecture, 3 * sum({quantity}) from op_summary group by 1 order by 1"
        ).fetchall()
    assert weighed
    assert weighed == summed


# The lines in braces.


def test_a_line_in_braces_is_a_line_of_each() -> None:
    lines = expand("select\n    s.{total} as {total}{,}  -- {unit}\nfrom s;\n").splitlines()
    last = TOTALLED[-1]
    assert lines[0] == "select"
    assert lines[1] == "    s.weight_params as weight_params,  -- parameters"
    assert lines[-2] == f"    s.{last.name} as {last.name}  -- {last.unit}"
    assert lines[-1] == "from s;"
    assert len(lines) == 2 + len(TOTALLED)


def test_params_is_the_sum_of_its_roles() -> None:
    assert expand("{p.params} as params") == " + ".join(f"p.{n}" for n in TRAINED) + " as params"
    assert expand("{params}") == " + ".join(TRAINED)


@pytest.mark.parametrize("name", dictionary.views())
def test_no_brace_is_left_in_a_view(name: str) -> None:
    assert not set("{}") & set(dictionary.views()[name])
