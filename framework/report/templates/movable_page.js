/* ---- on the page ---- */
function h(tag, attributes = {}, ...children) {
  const element = ["svg", "path", "line", "text"].includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
const line = (cells, look = "") => h("tr", { class: look }, ...cells.map((cell, i) =>
  h(i ? "td" : "th", i ? { class: "figure" } : { scope: "row", class: "word" }, cell)));
const pairs = ({ names }) => labels.flatMap((_, k) => names.map((_, j) => [k, j]));
function showTable({ ranked, constants, oracle }) {
  const best = ranked.find(({ kind }) => kind === "constant"); // of many, the only one to be shown
  const shown = ranked.filter((entry) => entry.kind === "model" || constants.length <= 12 || entry === best);
  const was = new Map([...start.ranked, start.oracle].map((entry) => [entry.name, money(entry.dollars)]));
  const cells = ({ name, dollars: amount }) => [money(amount), was.get(name) || "-"];
  byId("move-table").replaceChildren(...shown.map((entry, i) => line(
    [`${i + 1}. ${entry.name}`, ...cells(entry), money(ranked[0].dollars - entry.dollars)],
    i ? (entry.kind === "model" ? "" : "quiet") : "strong")), line([oracle.name, ...cells(oracle), ""], "quiet"));
}

/* The dearest cells of a model's confusion matrix, in dollars per case of all. */
function showCells({ models, weights, prices }) {
  const m = byId("move-model").value, { cells } = models[m], was = start.models[m].cells;
  const cost = ([k, j]) => weights[k] * cells[k][j].cost, before = ([k, j]) => was[k][j]?.cases || 0;
  const shown = pairs(prices).filter(([k, j]) => cells[k][j].cases || before([k, j]));
  byId("move-cells").replaceChildren(...shown.sort((a, b) => cost(b) - cost(a)).slice(0, 12).map(([k, j]) =>
    line([`${quoted(labels[k])} decided ${quoted(prices.names[j])}`, String(cells[k][j].cases),
      String(before([k, j])), money(0 - cost([k, j]))])));
}

/* Dollars against the share of a class, in a window of shares around the present one. */
function showFrontier(now) {
  const c = Number(byId("move-class").value);
  const here = Math.min(0.9999, Math.max(0.0001, (state.shares || data.start)[c]));
  const [low, high] = [logit(here) - 2.5, logit(here) + 2.5];
  const steps = (from, to, count) => [...Array(count + 1).keys()].map((i) => from + ((to - from) * i) / count);
  const grid = [...steps(-12, low, 60), ...steps(low, high, 60), ...steps(high, 12, 60)].map(logistic);
  const curves = along(c, grid, now), inside = steps(61, 121, 60);
  byId("move-break-even").textContent = breakEven(c, grid, curves, here) + regions(now.prices);
  const drawn = curves.filter(({ j }) => j === undefined || now.constants.length <= 4);
  const bottom = Math.min(-1e-9, ...drawn.flatMap(({ kind, curve }) =>
    inside.map((g) => (kind === "model" ? curve[g] : 0))));
  const x = (s) => 84 + ((logit(s) - low) / 5) * 386, y = (amount) => 12 + (amount / bottom) * 218;
  const rule = (x1, y1, x2, y2, stroke) => h("line", { x1, y1, x2, y2, stroke });
  const text = (at, y, anchor, words) => h("text", { x: at, y, "text-anchor": anchor, "font-size": 12 }, words);
  const ticks = [1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.997, 0.999];
  const look = ({ color = "var(--faint)", j = -1 }) => ({ stroke: color, "stroke-width": j > 1 ? 3 : 2,
    "stroke-dasharray": j < 0 ? "none" : j % 2 ? "2 3" : "7 4" });
  const path = (entry) => h("path", { fill: "none", ...look(entry),
    d: `M${inside.filter((g) => entry.curve[g] >= bottom).map((g) =>
      `${x(grid[g]).toFixed(1)} ${y(entry.curve[g]).toFixed(1)}`).join("L") || "0 0"}` });
  byId("move-chart").replaceChildren(h("svg", { class: "chart", role: "img", viewBox: "0 0 480 284",
    "aria-label": `Lines, by the share of ${labels[c]}. ${byId("move-break-even").textContent}` },
    ...[0, 0.25, 0.5, 0.75, 1].map((part) => part * bottom).flatMap((level) =>
      [rule(84, y(level), 470, y(level), "var(--grid)"),
        text(78, y(level) + 4, "end", money(rounded(level)).replace(".00", ""))]),
    ...ticks.filter((s) => logit(s) > low && logit(s) < high).map((s) => text(x(s), 250, "middle", percent(s))),
    rule(x(here), 10, x(here), 232, "var(--ink)"), ...drawn.map(path),
    text(277, 274, "middle", `share of ${labels[c].slice(0, 30)} (upright line: now)`)));
  const swatch = ({ color = "var(--faint)", j = -1 }) => h("span", { style:
    `border-top: ${j > 1 ? 3 : 2}px ${j < 0 ? "solid" : j % 2 ? "dotted" : "dashed"} ${color}` });
  byId("move-key").replaceChildren(...drawn.map((entry) => h("li", {}, swatch(entry), entry.name)));
}

/* What trains with these costs, and the matrix as a file that fw reads. */
function showToTake() {
  const file = written(state.values);
  if (changed()) {
    file.name += " moved";
    file.source = `moved in a report${file.source ? `; before: ${file.source}` : ""}`;
    delete file.training_costs; // they went with the costs as they were
    const pays = (cells, k) => cells.some((_, j) => constant(file, k, j) < constant(file, k, k));
    if (!file.actions && file.costs.some(pays)) file.allow = [...new Set([...(file.allow || []), "mistakes_that_pay"])];
  }
  const mix = [...state.named].sort((a, b) => state.shares[a] - state.shares[b]).slice(0, N - 1) // the last: the rest
    .map((k) => [labels[k], Number(state.shares[k].toPrecision(8))]);
  if (file.prevalence) file.prevalence = Object.fromEntries(mix);
  byId("move-json").textContent = JSON.stringify(file, null, 2);
  byId("move-download").href = `data:application/json,${encodeURIComponent(byId("move-json").textContent)}`;
  const shell = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
  byId("move-command").textContent =
    [data.command, ...mix.map((named) => `--prevalence ${shell(named.join("="))}`)].join(" ");
}

function refresh() {
  const now = evaluate(state);
  start ||= now;
  byId("move-says").textContent = verdict(now);
  byId("move-why").textContent = why(now);
  [showTable, showCells, showFrontier, showToTake, showSlider].forEach((show) => show(now));
}

/* ---- inputs ---- */
const slider = byId("move-slider"), number = (m) => document.querySelector(`[data-move="${m}"]`);
const sizes = movables.map(({ kind, start: from }) => (["price", "referral"].includes(kind) ? Math.abs(from) : 0));
const largest = Math.max(...sizes) || 1;
let held = sizes.indexOf(Math.max(...sizes)); // the movable that the slider is for

/* A slider goes from a hundredth to a hundred times a number; from 0, to the largest cost and back. */
function slid(m, x) {
  const from = movables[m].start;
  return x === 0 ? from : rounded(from ? from * 10 ** (x / 50) : (largest * x) / 100);
}
function showSlider() {
  const { start: from, label, kind } = movables[held], value = state.values[held];
  slider.value = Math.round(!from ? (100 * value) / largest : value / from > 0 ? 50 * Math.log10(value / from) : -100);
  const told = value === null ? "not possible" : kind === "price" || kind === "referral"
    ? money(value * written(state.values).dollars_per_unit) : short(value);
  byId("move-held").textContent = `${label}: ${told}`;
  slider.setAttribute("aria-valuetext", told);
}
const valid = (input, ok) => { input.setAttribute("aria-invalid", !ok); return ok && input; };
function showShares(except) {
  (state.shares || data.start).forEach((share, k) => {
    const [typed, slide] = ["share", "slide"].map((name) => document.querySelector(`[data-${name}="${k}"]`));
    if (typed !== except) typed.value = Number((100 * share).toPrecision(4));
    if (slide !== except) slide.value = logit(Math.min(0.9999, Math.max(0.0001, share)));
    slide.setAttribute("aria-valuetext", percent(share));
    valid(typed, true);
  });
}
function moveShare(k, share, input) {
  if (!valid(input, share > 0 && share < 1)) return;
  state.shares = withShare(k, share);
  state.named.delete(k), state.named.add(k); // named again, it is the last
  byId("move-class").value = k;
  showShares(input);
  refresh();
}
function moveValue(m, value, input) {
  const none = input.value === "" && input.validity.valid && movables[m].kind === "referral";
  if (!valid(input, none || (Number.isFinite(value) && (movables[m].kind !== "rate" || value > 0)))) return;
  state.values[m] = none ? null : value;
  if (input !== number(m)) number(m).value = value ?? "";
  refresh();
}
function reset() {
  state = untouched();
  movables.forEach(({ start: from }, m) => { valid(number(m), true).value = from ?? ""; });
  showShares();
  refresh();
}
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    byId("move-copied").textContent = "Copied.";
  } catch {
    source.closest("details")?.setAttribute("open", "");
    getSelection().selectAllChildren(source); // the browser does not let the page copy; a person can
    byId("move-copied").textContent = "Selected: copy it with Ctrl+C.";
  }
}
const on = (selector, event, act) => document.querySelectorAll(selector).forEach((element) =>
  element.addEventListener(event, () => act(element, element.dataset, element.valueAsNumber)));
on("[data-move]", "focus", (_, { move }) => { held = Number(move); showSlider(); });
on("[data-move]", "input", (input, { move }, value) => moveValue(Number(move), value, input));
on("#move-slider", "input", (input, _, x) => moveValue(held, slid(held, x), input));
on("[data-share]", "input", (input, { share }, value) => moveShare(Number(share), value / 100, input));
on("[data-slide]", "input", (input, { slide }, x) => moveShare(Number(slide), roundedShare(logistic(x)), input));
on("#move select", "change", refresh);
on("[data-copy]", "click", (_, { copy: id }) => copy(byId(id)));
on("#move-reset", "click", reset);
byId("move-body").hidden = false, reset(); // a browser may have kept what was typed before
