// Every page works without this: it sorts tables where they stand, and runs SQL by Ctrl+Enter.
"use strict";
const value = (row, at) => {
  const text = row.cells[at] ? row.cells[at].textContent.replace(" (larger)", "").trim() : "";
  const number = Number(text.replace(/,/g, ""));
  return text === "–" || text === "" ? null : Number.isNaN(number) ? text : number;
};
const compare = (a, b) =>
  a === b ? 0 : a === null ? 1 : b === null ? -1
    : typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
for (const table of document.querySelectorAll("main table")) {
  const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  if (table.tBodies[0].rows.length < 3 || heads.some((head) => head.querySelector("a[href*='sort=']"))) continue;
  heads.forEach((head, at) => {
    head.title = "Sort";
    head.addEventListener("click", (event) => {
      if (event.target.closest("a")) return;
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => compare(value(a, at), value(b, at)) * (up ? 1 : -1));
      table.tBodies[0].append(...rows);
    });
  });
}
const editor = document.querySelector("form.sql textarea");
if (editor) {
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      editor.form.requestSubmit();
    }
  });
}
// Empty fields say nothing: they need not stand in the address.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("submit", () => {
    const empty = [...form.elements].filter((field) => field.name && field.value === "");
    empty.forEach((field) => { field.disabled = true; });
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }), 0);
  });
}
