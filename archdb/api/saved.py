"""Statements that a database keeps by name, beside those that archdb brings."""

from __future__ import annotations

from archdb.api.connected import Connected


class SavedQueries(Connected):
    """Saved queries; those of the user's own are in the file."""

    def saved_queries(self) -> list[str]:
        """The names of all saved queries, archdb's and the user's own."""
        from archdb.queries.saved import query_names

        return self.answer(query_names)

    def saved_query(self, name: str) -> str:
        """The statement of a saved query; NotFoundError with the nearest names."""
        from archdb.queries.saved import saved_query

        return self.answer(lambda reader: saved_query(reader, name))

    def save_query(self, name: str, sql: str) -> None:
        """Keep a statement that reads, by a name; a line `-- :k value: what it is` gives :k a value
        unless another is said. Raises UsageError where the name is taken or can be none,
        QueryError where the statement cannot be run."""
        from archdb.db.engine import writing
        from archdb.db.self_description import keep
        from archdb.queries.saved import PREFIX, check_query_name, parameters

        check_query_name(self.reader, name)
        with self.statements.iterate(f"explain\n{sql}", parameters(sql), limit=0) as plan:
            plan.kept()
        with writing(self.path) as connection:
            check_query_name(self.reader, name)
            keep(connection, PREFIX + name, sql)

    def remove_query(self, name: str) -> None:
        """Let go of a statement of one's own; UsageError where it is archdb's."""
        from archdb.db.engine import writing
        from archdb.db.self_description import let_go
        from archdb.queries.saved import PREFIX, check_own

        check_own(self.reader, name)
        with writing(self.path) as connection:
            let_go(connection, PREFIX + name)
