// sql.js over the site's database, away from the page.
"use strict";
onmessage = async ({ data: { base, q, parameters, limit } }) => {
  try {
    importScripts(`${base}sql-wasm.js`);
    const SQL = await initSqlJs({ locateFile: (name) => base + name });
    const answer = await fetch(`${base}archdb.sqlite.gz`);
    if (!answer.ok) throw new Error(`the database is not there (${answer.status})`);
    const plain = answer.body.pipeThrough(new DecompressionStream("gzip"));
    const database = new SQL.Database(new Uint8Array(await new Response(plain).arrayBuffer()));
    postMessage({ begun: true });
    const statement = database.prepare(q);
    const typed = (word) => (word.trim() !== "" && !Number.isNaN(Number(word)) ? Number(word) : word);
    statement.bind(Object.fromEntries(parameters.map(([name, word]) => [name, typed(word)])));
    const columns = statement.getColumnNames(), rows = [];
    let more = false;
    while (statement.step()) {
      more = rows.length === limit;
      if (more) break;
      rows.push(statement.get(null, { useBigInt: true }).map((value) =>
        typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value));
    }
    postMessage({ columns, rows, more });
  } catch (error) {
    postMessage({ problem: String(error.message || error) });
  }
};
