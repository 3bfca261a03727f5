// Runs a visitor's statement in a worker, which is ended when its time is over.
"use strict";
(() => {
  const form = document.querySelector("form.sql"), place = document.getElementById("result");
  const SECONDS = 20, own = document.currentScript.src;
  const asked = new URLSearchParams(location.search);
  const made = (tag, text = "", name = "") => Object.assign(document.createElement(tag), { textContent: text, className: name });
  const parameters = () => [...asked].filter(([name]) => name[0] === ":");
  const problem = (text) => {
    const found = made("div", "", "problem");
    found.setAttribute("role", "alert");
    found.append(made("p", text));
    place.replaceChildren(found);
  };
  const table = ({ columns, rows, more }) => {
    const scroll = made("div", "", "scroll"), found = made("table"), body = found.createTBody();
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "Result");
    const head = found.createTHead().insertRow();
    const right = columns.map((name, at) => rows.some((row) => ["number", "bigint"].includes(typeof row[at])));
    columns.forEach((name, at) => head.append(Object.assign(made("th", name, right[at] ? "n" : ""), { scope: "col" })));
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((value, at) => {
        const text = value === null ? "–" : value instanceof Uint8Array ? `${value.length} bytes`
          : typeof value === "bigint" || Number.isInteger(value) ? value.toString().replace(/\B(?=(\d{3})+$)/g, ",") : String(value);
        line.append(made("td", text, right[at] ? "n" : ""));
      });
    }
    scroll.append(found);
    const count = `${rows.length} ${rows.length === 1 ? "row" : "rows"}${more ? ": the first, there are more" : ""}.`;
    place.replaceChildren(made("p", count), scroll);
  };
  if (!asked.get("q")) return;
  form.elements.q.value = asked.get("q");
  form.elements.limit.value = asked.get("limit") || "";
  for (const [name, value] of parameters()) form.append(Object.assign(made("input"), { type: "hidden", name, value }));
  place.replaceChildren(made("p", "The database is fetched …", "dim"));
  const worker = new Worker(new URL("site-sql-worker.js", own));
  let timer = 0;
  worker.onmessage = ({ data }) => {
    if (data.begun) {
      timer = setTimeout(() => { worker.terminate(); problem(`The statement took longer than ${SECONDS} s and was stopped.`); }, SECONDS * 1000);
      return;
    }
    clearTimeout(timer);
    worker.terminate();
    if (data.problem) problem(data.problem);
    else table(data);
  };
  worker.onerror = (event) => problem(event.message || "The database could not be read.");
  worker.postMessage({ base: new URL("sql.js/", document.baseURI).href, q: asked.get("q"), parameters: parameters(),
    limit: Math.min(Number(asked.get("limit")) || 1000, 1000) });
})();
