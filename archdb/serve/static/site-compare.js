// Sets networks of a site side by side from their JSON, as `archdb compare` does.
"use strict";
const aligned = (lists, by) => {
  if (by === "resolution") {
    const size = (key) => {
      const map = /^(\d+)x(\d+)$/.exec(key), length = /^(?:length )?(\d+)$/.exec(key);
      return map ? [0, -map[1] * map[2], -map[1], ""] : [1, 0, length ? -length[1] : 0, key];
    };
    return [...new Set(lists.flat())].sort((a, b) => {
      const [x, y] = [size(a), size(b)], at = x.findIndex((part, i) => part !== y[i]);
      return at < 0 ? 0 : x[at] < y[at] ? -1 : 1;
    });
  }
  const merged = [...lists[0]];
  for (const keys of lists.slice(1)) {
    let at = 0;
    for (const key of keys) {
      const found = merged.indexOf(key);
      if (found >= 0) at = found + 1;
      else merged.splice(at++, 0, key);
    }
  }
  return merged;
};
const ratio = (a, b) => (typeof a !== "number" || typeof b !== "number" || b === 0 ? null : a / b);
// The columns and rows that the service answers with, from the tables of single networks.
const sideBySide = (names, tables, by) => {
  const lines = tables.map((table) => new Map(table.rows.map((row) => [row[0], row])));
  const keys = aligned(tables.map((table) => table.rows.map((row) => row[0])), by);
  if (by === "total") {
    const rows = keys.map((key) => {
      const values = lines.map((line) => (line.get(key) || [])[2] ?? null);
      const unit = lines.map((line) => line.get(key)).find(Boolean)[1];
      return [key, unit, ...values, ...(names.length === 2 ? [ratio(...values)] : [])];
    });
    return { columns: ["quantity", "unit", ...names, ...(names.length === 2 ? ["ratio"] : [])], rows };
  }
  const quantities = ["layers", "params", "macs"];
  const at = quantities.map((quantity) => tables[0].columns.findIndex((one) => one.name === quantity));
  return {
    columns: [by, ...quantities.flatMap((quantity) => names.map((name) => `${name} ${quantity}`))],
    rows: keys.map((key) => [key, ...at.flatMap((i) => lines.map((line) => (line.get(key) || [])[i] ?? null))]),
  };
};
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
// Six digits, or a tenth where these are fewer.
const significant = (value) => {
  const [digits, power] = value.toExponential(5).split("e");
  if (value === 0) return "0";
  const short = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
  if (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e16) return `${short(digits)}e${Number(power)}`;
  const [whole, rest] = value.toFixed(Math.max(5 - power, 1)).split(".");
  return short(`${grouped(whole)}.${rest}`);
};
const said = (value, isRatio) =>
  value === null ? "–"
    : typeof value !== "number" ? (/^\d+(x\d+)+$/.test(value) ? value.replaceAll("x", "×") : value)
      : isRatio || !Number.isInteger(value) ? significant(value) : grouped(String(value));
const made = (tag, text = "", more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);
const network = (name, href) => { const link = made("a", name); link.href = href; return link; };
const tableOf = ({ rows, heads, first, pairs }, caption) => {
  const scroll = made("div", "", { className: pairs.length < 2 ? "scroll pair" : "scroll", tabIndex: 0 });
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", caption);
  const table = made("table"), head = table.createTHead().insertRow(), body = table.createTBody();
  table.append(made("caption", caption));
  heads.forEach((text, at) => head.append(made("th", text, { className: at >= first ? "n" : "", scope: "col" })));
  for (const row of rows) {
    const line = body.insertRow();
    row.cells.forEach((value, at) => {
      const cell = line.insertCell();
      const beside = pairs.find((pair) => pair.includes(at));
      const other = beside && row.cells[beside[0] + beside[1] - at];
      cell.className = at >= first ? "n" : "";
      const text = said(value, heads[at] === "ratio");
      if (typeof value === "number" && typeof other === "number" && value > other) {
        cell.append(made("b", text), made("span", " (larger)", { className: "sr" }));
      } else cell.append(text);
      if (at === 0 && row.unit) cell.append(" ", made("span", row.unit, { className: "unit" }));
    });
  }
  scroll.append(table);
  return scroll;
};
const PLAIN = ["name", "text", "number", "flag", "year", "shape", "JSON"];
const shown = (names, tables, by) => {
  const { columns, rows } = sideBySide(names, tables, by), parts = [];
  const two = names.length === 2, count = names.length;
  if (by !== "total") {
    const pairs = two ? [[1, 2], [3, 4], [5, 6]] : [];
    return [tableOf({ rows: rows.map((cells) => ({ cells })), heads: columns, first: 1, pairs }, `By ${by}: the larger value is bold`)];
  }
  const heads = columns.filter((name, at) => at !== 1);
  const lines = rows.map(([quantity, unit, ...cells]) => ({ unit: PLAIN.includes(unit) ? "" : unit, cells: [quantity, ...cells] }));
  const differs = ({ cells }) => new Set(cells.slice(1, 1 + count).map(String)).size > 1;
  for (const [caption, some] of [["What differs: the larger value is bold", lines.filter(differs)], ["The same", lines.filter((line) => !differs(line))]]) {
    if (some.length) parts.push(tableOf({ rows: some, heads, first: 1, pairs: two ? [[1, 2]] : [] }, caption));
  }
  return parts;
};
const run = async () => {
  const asked = new URLSearchParams(location.search), by = asked.get("by") || "total";
  const names = [...new Set(asked.getAll("name").map((name) => name.trim().toLowerCase()).filter(Boolean))];
  const place = document.getElementById("comparison");
  if (!names.length) return;
  document.querySelectorAll("input[name=name]").forEach((field, at) => { field.value = names[at] || ""; });
  const every = await (await fetch("index.json")).json();
  const known = names.map((name) => every.find((one) => one.names.some((own) => own.toLowerCase() === name)));
  const missing = names.filter((name, at) => !known[at]);
  if (missing.length || names.length < 2 || names.length > 6) {
    const what = missing.length ? `There is no network ${missing.join(", ")} here.` : "Name two to six networks.";
    place.replaceChildren(made("p", what, { className: "problem" }));
    return;
  }
  const file = { total: "", op: "/ops", resolution: "/resolutions" }[by] ?? "";
  const tables = await Promise.all(known.map(async (one) => (await fetch(`${one.file}${file}.json`)).json()));
  const own = known.map((one) => one.name);
  document.querySelector("h1").textContent = own.join(" and ");
  document.title = `${own.join(" and ")} – archdb`;
  const tabs = made("nav", "", { className: "tabs" }), links = made("p", "", { className: "trail" });
  tabs.setAttribute("aria-label", "This comparison");
  for (const part of ["total", "op", "resolution"]) {
    const query = new URLSearchParams([...own.map((name) => ["name", name]), ...(part === "total" ? [] : [["by", part]])]);
    const tab = network(`by ${part}`, `?${query}`);
    if (part === by) tab.setAttribute("aria-current", "page");
    tabs.append(tab, " ");
  }
  own.forEach((name, at) => links.append(at ? ", " : "", network(name, `${known[at].file}.html`)));
  const notes = [...new Set(tables.flatMap((table) => table.notes.map((note) => note.text)))];
  const list = made("ul", "", { className: "notes" });
  list.append(...notes.map((note) => made("li", note)));
  place.replaceChildren(tabs, links, ...(notes.length ? [list] : []), ...shown(own, tables, by));
};
if (document.getElementById("comparison")) run();
