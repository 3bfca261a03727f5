"""The saved queries on a whole search space, against SQL written by hand over the tables.

    python benchmarks/queries.py DATABASE      a database in which nasbench201 is built

Each query runs as `archdb query --saved` runs it, inside this process: the same text on a read-only
connection, without the start of a process. Beside it stands the fastest statement that was found
for the same question when views, convenience and column names do not matter. Both in turn, medians
of 20 after one that is not counted, in processor time: the machine may have other things to do.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time
from collections.abc import Mapping
from typing import Any

from archdb.queries.sql import defaults, saved, saved_names

RUNS = 20
SPACE = "nasbench201"
POINT = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|"
    "+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
)
MEMBERS = "network n cross join profile p on p.network_id = n.id where n.space = :space"
PARAMS = "p.weight_params + p.bias_params + p.norm_params"
BY_HAND = {
    "attribute_means": f"""
        select a.value, count(*), avg({PARAMS}), avg(p.macs)
        from network n cross join profile p on p.network_id = n.id
        cross join point a on a.network_id = n.id and a.attribute = :attribute
        where n.space = :space group by a.value""",
    "depths": f"""
        select p.depth, count(*), min({PARAMS}), max({PARAMS}), min(p.macs), max(p.macs)
        from {MEMBERS} group by p.depth""",
    "fully_connected_share": f"""
        select n.name, 100.0 * p.linear_params / ({PARAMS}) as share, 100.0 * p.linear_macs / p.macs
        from {MEMBERS} and p.linear_macs > 0 order by share desc, n.name""",
    "isomorphic_points": f"""
        select a.value, count(*) as points, min(p.live_params), min({PARAMS}), max({PARAMS})
        from network n cross join profile p on p.network_id = n.id
        cross join point a on a.network_id = n.id and a.attribute = :attribute
        where n.space = :space group by a.value order by points desc limit :top""",
    "largest_within_budget": f"""
        select n.name, {PARAMS} as params, p.macs from {MEMBERS} and p.macs <= :macs
        order by params desc, p.macs, n.name limit :top""",
    "most_expensive_layers": f"""
        select n.name, p.costliest_layer, p.costliest_op, 100.0 * p.costliest_macs / p.macs as share
        from {MEMBERS} order by share desc, n.name""",
    "one_attribute_apart": """
        with here as (select p.attribute, p.value from network n join point p on p.network_id = n.id
                      where n.name = :architecture and p.attribute <> :derived)
        select p.network_id from here
        cross join point p on p.attribute = here.attribute and p.value = here.value
        group by p.network_id having count(*) = 5""",
    "pareto_front": f"""
        select name, params, macs from (
            select *, max(params) over (order by macs, params desc
                rows between unbounded preceding and 1 preceding) as sofar
            from (select min(n.name) as name, {PARAMS} as params, p.macs
                  from {MEMBERS} group by 2, 3))
        where sofar is null or params > sofar""",
    "pointwise_share": f"""
        select n.name, 100.0 * p.pointwise_params / ({PARAMS}),
            100.0 * p.pointwise_macs / p.macs as t
        from {MEMBERS} and p.pointwise_macs > 0 order by t desc, n.name""",
    "receptive_fields": f"""
        select p.receptive_field_h, p.receptive_field_w, p.receptive_field_note, count(*)
        from {MEMBERS} group by 1, 2, 3""",
}


def seconds(connection: sqlite3.Connection, statement: str, values: Mapping[str, Any]) -> float:
    begin = time.process_time()
    connection.execute(statement, values).fetchall()
    return time.process_time() - begin


def main(path: str) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    print("| query | rows | ms | by hand, ms | ratio |\n| --- | --- | --- | --- | --- |")
    medians = []
    for name in saved_names():
        statement = saved(name)
        values = {**defaults(statement), "space": SPACE, "architecture": POINT}
        rows = len(connection.execute(statement, values).fetchall())
        times = [
            (seconds(connection, statement, values), seconds(connection, BY_HAND[name], values))
            for _ in range(RUNS + 1)
        ][1:]
        ours, least = (1e3 * statistics.median(side) for side in zip(*times, strict=True))
        medians.append(ours)
        print(f"| {name} | {rows:,} | {ours:.1f} | {least:.1f} | {ours / least:.2f} |")
    print(
        f"\nmedian {statistics.median(medians):.1f} ms (under 50),"
        f" largest {max(medians):.1f} (under 500)"
    )


if __name__ == "__main__":
    main(sys.argv[1])
