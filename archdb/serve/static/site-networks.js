// Narrows the catalogue of a site down where it stands: words or a glob, facets, bounds.
"use strict";
const FACETS = ["family", "year", "classes", "op", "origin"], BOUNDED = ["params", "macs"];
const glob = (text) =>
  new RegExp(`^${text.replace(/\[(!?)([^\]]+)\]|\*|\?|[^\w]/g, (sign, not, some) =>
    some ? `[${not ? "^" : ""}${some.replace(/[\\\]^]/g, "\\$&")}]` : sign === "*" ? ".*" : sign === "?" ? "." : `\\${sign}`)}$`);
const count = (word) => {
  const found = /^(\d*\.?\d+(?:[eE][+-]?\d+)?)([kMGT]?)$/.exec(word);
  return word === "" ? null : found ? found[1] * 10 ** ({ k: 3, M: 6, G: 9, T: 12 }[found[2]] || 0) : NaN;
};
const matches = (words, one) => {
  const asked = words.toLowerCase();
  if (/[*?[]/.test(asked)) return one.names.some((name) => glob(asked).test(name));
  const text = [...one.names, one.title, ...one.family].join(" ").toLowerCase();
  return asked.split(/\s+/).filter(Boolean).every((word) => text.includes(word));
};
const between = (value, range) => {
  const [low, high] = range.split("..").map((end) => count(end.trim()));
  return value !== null && (low === null || value >= low) && (high === null || high === undefined || value <= high);
};
const passes = (one, asked, but = "") =>
  FACETS.every((facet) => facet === but || !asked.get(facet)
    || one[facet].some((value) => value.toLowerCase() === asked.get(facet).toLowerCase()))
  && BOUNDED.every((name) => !asked.get(name) || between(one.figures[name], asked.get(name)))
  && (!asked.get("q") || matches(asked.get("q"), one));
const address = (asked, name, value) => {
  const changed = new URLSearchParams(asked);
  if (value === null) changed.delete(name);
  else changed.set(name, value);
  return `?${changed}`;
};
// The facets with counts of what each value alone would leave.
const facets = (every, asked) => {
  const parts = [];
  for (const facet of FACETS) {
    const counts = new Map();
    for (const one of every) {
      if (passes(one, asked, facet)) for (const value of one[facet]) counts.set(value, (counts.get(value) || 0) + 1);
    }
    const inOrder = ["year", "classes"].includes(facet)
      ? (a, b) => a[0] - b[0] : (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
    const part = document.createElement("details"), list = document.createElement("ul");
    part.open = !parts.length || asked.has(facet);
    part.append(Object.assign(document.createElement("summary"), { textContent: facet }), list);
    for (const [value, times] of [...counts].sort(inOrder)) {
      const line = document.createElement("li"), link = document.createElement("a");
      link.href = address(asked, facet, value);
      link.textContent = value;
      if (asked.get(facet) === value) link.setAttribute("aria-current", "true");
      line.append(link, " ", Object.assign(document.createElement("span"), { className: "dim", textContent: times }));
      list.append(line);
    }
    parts.push(part);
  }
  return parts;
};
const narrow = async () => {
  const every = await (await fetch("index.json")).json(), asked = new URLSearchParams(location.search);
  const aside = document.querySelector("aside"), form = document.querySelector("form.ask");
  for (const [name, value] of [...asked]) if (!value.trim()) asked.delete(name);
  const found = new Set(every.filter((one) => passes(one, asked)).map((one) => one.name));
  const rows = [...document.querySelectorAll("main tbody tr")];
  rows.forEach((row) => { if (!found.has(row.cells[0].querySelector("a").textContent)) row.remove(); });
  document.getElementById("total").textContent = found.size;
  document.getElementById("unit").textContent = found.size === 1 ? "network" : "networks";
  aside.replaceChildren(...facets(every, asked));
  aside.hidden = false;
  const chosen = document.createElement("p");
  chosen.className = "tags chosen";
  for (const [name, value] of asked) {
    const link = document.createElement("a");
    link.href = address(asked, name, null);
    link.textContent = `${name}: ${value} ×`;
    link.title = "take this away";
    chosen.append(link, " ");
    if (form.elements[name]) form.elements[name].value = value;
    else form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.after(chosen);
};
if (document.getElementById("total")) narrow();
