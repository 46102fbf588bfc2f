/* The panel whose costs and mix can be moved: reads the inputs, decides all test cases anew, and shows
   what that brings. The arithmetic of framework/core/decision.py and prevalence.py, case by case:
   expected cost of decision j = sum_k p_k target_k / stated_k C[k][j], the least is taken; dollars per
   case = -sum_k target_k (mean cost of the test cases of class k). Cases are ordered by class. */
(() => {
"use strict";
const data = JSON.parse(document.getElementById("move-data").textContent);
const { labels, movables, counts } = data;
const N = labels.length;
const n = counts.reduce((a, b) => a + b, 0);
const truths = counts.flatMap((count, k) => Array(count).fill(k));
const all = (selector) => [...document.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);

/* ---- numbers ---- */

/* Upper bits of 32-bit floats, as framework/report/run/packed.py writes them. */
function unpacked(text) {
  const raw = atob(text), bits = new Uint32Array(raw.length / data.width);
  for (let i = 0; i < raw.length; i++) {
    const at = Math.floor(i / data.width);
    bits[at] = (bits[at] << 8) | raw.charCodeAt(i);
  }
  return Float64Array.from(new Float32Array(bits.map((b) => b << (30 - 8 * data.width)).buffer));
}
const probabilities = data.models.map((model) => unpacked(model.probabilities));

function money(amount, sign = false) {
  const size = Math.abs(amount);
  const digits = size >= 0.1 || size < 5e-7
    ? size.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",") : String(Number(size.toPrecision(4)));
  const minus = amount < 0 && /[1-9]/.test(digits);
  return (minus ? "\u2212" : sign && size ? "+" : "") + data.sign + digits;
}
const short = (x) => String(Number(x.toPrecision(4)));
const percent = (share) => `${Number((100 * share).toPrecision(3))}%`;
const quoted = (name) => `\u201c${name}\u201d`;
const logit = (s) => Math.log(s / (1 - s));
const logistic = (x) => 1 / (1 + Math.exp(-x));
const least = (values) => values.reduce((best, value, i) => (value < values[best] ? i : best), 0);

/* ---- the state: what was moved ---- */

const untouched = () => ({
  values: movables.map((movable) => movable.start),
  shares: data.given ? data.stated : null, // null: the mix of the test cases
  named: new Set(data.given ? labels.keys() : []),
});
let state = untouched();

/* The shares when class k has share s: the others keep their proportions. */
function withShare(k, s) {
  const now = state.shares || data.stated;
  const rest = now[k] < 1 ? (1 - s) / (1 - now[k]) : 0;
  return now.map((share, i) => (i === k ? s : share * rest));
}

/* What each class counts for, (N): classes without a test case are left out. */
function weightsOf(shares) {
  const present = shares.map((share, k) => (counts[k] ? share : 0));
  const total = present.reduce((a, b) => a + b, 0);
  return present.map((share) => share / total);
}
const ratioOf = (shares) =>
  data.stated.map((stated, k) => (shares && stated > 0 ? shares[k] / stated : 1));

/* The file's costs in its own unit, with what was moved; the cells that depend on the case apart. */
function written(values) {
  const file = structuredClone(data.matrix);
  const put = (i, j, value) => {
    const row = j < file.costs[i].length ? file.costs[i] : file.refer, at = row === file.refer ? i : j;
    if (typeof row[at] === "object") row[at].plus = value;
    else row[at] = value;
  };
  movables.forEach(({ kind, start, cells }, m) => {
    const value = values[m];
    if (kind === "rate") file.dollars_per_unit = value;
    if (value === start) return;
    if (kind === "price") cells.forEach(([i, j]) => put(i, j, value));
    if (kind === "times") cells.forEach(([i, j]) => put(i, j, value * constant(data.matrix, i, j)));
    if (kind === "factor") file.costs[cells[0][0]][cells[0][1]].factor = value;
    if (kind === "referral" && value !== null) file.refer = labels.map(() => value);
    if (kind === "referral" && value === null) delete file.refer;
  });
  return file;
}
function constant(file, i, j) {
  const cell = j < file.costs[i].length ? file.costs[i][j] : file.refer[i];
  return typeof cell === "object" ? cell.plus : cell;
}

/* In dollars: costs (N x M), and for cells that depend on the case the dollars per unit of a column. */
function priced(values) {
  const file = written(values);
  const names = [...data.decisions, ...(file.refer ? ["refer"] : [])];
  const costs = labels.map((_, i) => names.map((_, j) => constant(file, i, j) * file.dollars_per_unit));
  const extras = data.columns.map(({ cell: [i, j], values: column, known }) =>
    ({ i, j, column, known, times: file.costs[i][j].factor * file.dollars_per_unit }));
  return { names, costs, extras };
}

/* ---- decisions and dollars ---- */

function decide(p, { names, costs, extras }, ratio) {
  const M = names.length, decided = new Int32Array(n), expected = new Float64Array(M);
  const weighted = costs.map((row, k) => row.map((cost) => cost * ratio[k]));
  for (let i = 0; i < n; i++) {
    expected.fill(0);
    for (let k = 0; k < N; k++) {
      const row = weighted[k], of = p[i * N + k];
      for (let j = 0; j < M; j++) expected[j] += of * row[j];
    }
    for (const x of extras)
      expected[x.j] += ratio[x.i] * p[i * N + x.i] * x.times * (x.known === null ? x.column[i] : x.known);
    let best = 0;
    for (let j = 1; j < M; j++) if (expected[j] < expected[best]) best = j;
    decided[i] = best;
  }
  return decided;
}

/* What decision j costs case i, its truth known. */
function costOf(i, j, { costs, extras }) {
  let cost = costs[truths[i]][j];
  for (const x of extras) if (x.i === truths[i] && x.j === j) cost += x.times * x.column[i];
  return cost;
}

/* Cases and mean cost per case of the class, by truth and decision. */
function judged(decided, prices) {
  const cells = labels.map(() => prices.names.map(() => ({ cases: 0, cost: 0 })));
  for (let i = 0; i < n; i++) {
    const cell = cells[truths[i]][decided[i]];
    cell.cases += 1;
    cell.cost += costOf(i, decided[i], prices) / counts[truths[i]];
  }
  return cells;
}
const dollars = (cells, weights) =>
  0 - cells.reduce((sum, row, k) => sum + weights[k] * row.reduce((a, cell) => a + cell.cost, 0), 0);

/* All models, all constant decisions and the oracle at a state. */
function evaluate(at) {
  const prices = priced(at.values), ratio = ratioOf(at.shares);
  const weights = weightsOf(at.shares || data.start);
  const entry = (name, kind, decided, more) => {
    const cells = judged(decided, prices);
    return { name, kind, cells, dollars: dollars(cells, weights), ...more };
  };
  const models = data.models.map(({ name, color }, m) =>
    entry(quoted(name), "model", decide(probabilities[m], prices, ratio), { color, m }));
  const constants = prices.names.map((name, j) =>
    entry(`always ${quoted(name)}`, "constant", new Int32Array(n).fill(j), { j }));
  const best = truths.map((_, i) => least(prices.names.map((_, j) => costOf(i, j, prices))));
  return { prices, weights, models, constants, all: [...models, ...constants],
    oracle: entry("a perfect oracle", "oracle", best) };
}

/* Dollars of every model and constant when class c has each of `grid`'s shares. Expected costs are
   straight lines in the share: those of class c, and those of the others, are added up once a case. */
function along(c, grid, { prices, all: entries }) {
  const M = prices.names.length, mixes = grid.map((s) => withShare(c, s));
  const weights = mixes.map(weightsOf), ratios = mixes.map(ratioOf);
  const middle = withShare(c, 0.5), ratio = ratioOf(middle); // of the others, (1 - s) / 0.5 of this
  return entries.map((entry) => {
    if (entry.kind === "constant") return weights.map((w) => dollars(entry.cells, w));
    const p = probabilities[entry.m], means = grid.map(() => new Float64Array(N));
    const own = new Float64Array(M), others = new Float64Array(M);
    for (let i = 0; i < n; i++) {
      own.fill(0);
      others.fill(0);
      for (let k = 0; k < N; k++) {
        const row = prices.costs[k], of = p[i * N + k] * (k === c ? 1 : ratio[k]);
        const sum = k === c ? own : others;
        for (let j = 0; j < M; j++) sum[j] += of * row[j];
      }
      for (const x of prices.extras) {
        const cost = p[i * N + x.i] * x.times * (x.known === null ? x.column[i] : x.known);
        if (x.i === c) own[x.j] += cost;
        else others[x.j] += ratio[x.i] * cost;
      }
      const paid = prices.names.map((_, j) => costOf(i, j, prices) / counts[truths[i]]);
      for (let g = 0; g < grid.length; g++) {
        const a = ratios[g][c], b = 2 * (1 - grid[g]);
        let best = 0;
        for (let j = 1; j < M; j++)
          if (a * own[j] + b * others[j] < a * own[best] + b * others[best]) best = j;
        means[g][truths[i]] += paid[best];
      }
    }
    return means.map((mean, g) => 0 - weights[g].reduce((sum, w, k) => sum + w * mean[k], 0));
  });
}

/* ---- in words ---- */

const brings = (amount) =>
  amount < 0 ? `loses ${money(-amount)} per case` : `brings ${money(amount)} per case`;

function where() {
  const named = [...state.named].slice(-2).map((k) => `${percent(state.shares[k])} ${quoted(labels[k])}`);
  const moved = state.values.some((value, m) => value !== movables[m].start);
  const mix = named.length ? `At ${named.join(" and ")}` : "In the mix of the test cases";
  return moved ? `${mix}, and at these costs` : mix;
}

function verdict(now) {
  const ranked = [...now.all].sort((a, b) => b.dollars - a.dollars);
  const [first, second] = ranked;
  const free = ranked.find((entry) => entry.kind === "constant");
  const model = ranked.find((entry) => entry.kind === "model");
  const told = `${where()}, ${first.name} ${brings(first.dollars)}, the best of all: `
    + `${money(first.dollars - second.dollars)} more than ${second.name} would bring`;
  if (first.kind === "constant")
    return `${told}. No model is worth its trouble here` + (second === model ? "."
      : `: the best, ${model.name}, is ${money(first.dollars - model.dollars)} a case worse.`);
  return second === free ? `${told}, the best without a model.`
    : `${told}, and ${money(first.dollars - free.dollars)} more than ${free.name}, the best without a model.`;
}

/* Why the answer is another one than at the start: where the former winner now loses most. */
function why(now) {
  const first = now.all.reduce((a, b) => (b.dollars > a.dollars ? b : a));
  const before = now.all.find((entry) => entry.name === start.winner);
  if (!before || before === first)
    return start.shown === stateKey() ? "Move a cost or a share: this, the table and the chart follow."
      : `${first.name} was the best at the start, too.`;
  let [most, at] = [-Infinity, null];
  before.cells.forEach((row, k) => row.forEach((cell, j) => {
    const more = now.weights[k] * (cell.cost - first.cells[k][j].cost);
    if (more > most) [most, at] = [more, [k, j]];
  }));
  const [k, j] = at, of = (entry) => money(now.weights[k] * entry.cells[k][j].cost);
  const was = start.result.weights[k], is = now.weights[k];
  const because = Math.abs(was - is) > 1e-9
    ? `: ${percent(is)} of the cases are ${quoted(labels[k])}, not ${percent(was)} as at the start`
    : "";
  return `The answer has turned. At the start it was ${before.name}, which now `
    + `${brings(before.dollars)}. It loses most on ${quoted(labels[k])} cases decided `
    + `${quoted(now.prices.names[j])}: ${of(before)} per case, against ${of(first)}${because}.`;
}

/* Between which shares of class c what is the cheapest, told around the present share. */
function breakEven(c, grid, curves, names, here) {
  const winner = grid.map((_, g) => least(curves.map((curve) => -curve[g])));
  const changes = [];
  for (let g = 1; g < grid.length; g++) {
    const [a, b] = [winner[g - 1], winner[g]];
    if (a === b) continue;
    const [left, right] = [g - 1, g].map((at) => curves[a][at] - curves[b][at]);
    changes.push({ at: grid[g - 1] + (left / (left - right)) * (grid[g] - grid[g - 1]), a, b });
  }
  const below = changes.filter(({ at }) => at <= here).pop(), above = changes.find(({ at }) => at > here);
  const range = [below && `from ${percent(below.at)}`, above && `up to ${percent(above.at)}`]
    .filter(Boolean).join(" ") || "at any share";
  const name = names[above ? above.a : below ? below.b : winner[0]];
  const beside = [below && `below that ${names[below.a]}`, above && `above it ${names[above.b]}`]
    .filter(Boolean).join(", ");
  return `By the share of ${quoted(labels[c])} cases: ${name} is the best ${range}`
    + (beside ? `; ${beside}.` : ".");
}

/* Two classes: from which probability on what is decided (framework/core/cheapest_regions.py). */
function regions({ names, costs: [first, second], extras }) {
  if (N !== 2 || extras.length) return "";
  let now = least(first.map((cost, j) => cost + 1e-12 * second[j])), low = 0;
  const parts = [];
  for (;;) {
    const better = names.map((_, j) => j).filter((j) => second[j] < second[now]);
    const crossing = (j) => {
      const above = Math.max(first[j] - first[now], 0);
      return above / (above + second[now] - second[j]);
    };
    const at = Math.min(1, ...better.map(crossing));
    if (at > low || at >= 1)
      parts.push(`${quoted(names[now])}${at < 1 ? ` up to ${short(at)}` : low ? " from there on" : " always"}`);
    if (at >= 1) break;
    const here = better.filter((j) => crossing(j) <= at * (1 + 1e-12));
    [low, now] = [at, here[least(here.map((j) => second[j]))]];
  }
  return ` On a single case, by P(${labels[1]}), the cheapest is ${parts.join(", ")}.`;
}

/* ---- on the page ---- */

function h(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "text", "rect", "clipPath", "circle"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
const row = (cells, attributes) => h("tr", attributes, ...cells.map((cell, i) =>
  h(i ? "td" : "th", i ? { class: "figure" } : { scope: "row", class: "word" }, cell)));

function showTable(now) {
  const ranked = [...now.all].sort((a, b) => b.dollars - a.dollars);
  const shown = ranked.filter((entry, i) => entry.kind === "model" || now.constants.length <= 12
    || entry === ranked.find(({ kind }) => kind === "constant"));
  const was = new Map([...start.result.all, start.result.oracle].map((e) => [e.name, e.dollars]));
  const cells = (entry, name) => [name, money(entry.dollars),
    was.has(entry.name) ? money(was.get(entry.name)) : "-", money(ranked[0].dollars - entry.dollars)];
  byId("move-table").replaceChildren(
    ...shown.map((entry, i) => row(cells(entry, `${i + 1}. ${entry.name}`),
      { class: i ? (entry.kind === "model" ? "" : "quiet") : "strong" })),
    row([...cells(now.oracle, now.oracle.name).slice(0, 3), ""], { class: "quiet" }));
}

function showCells(now) {
  const entry = now.models[byId("move-model").value], names = now.prices.names;
  const worth = (k, j) => money(0 - now.weights[k] * entry.cells[k][j].cost);
  const pairs = labels.flatMap((_, k) => names.map((_, j) => [k, j]));
  const most = Math.max(1e-300, ...pairs.map(([k, j]) => now.weights[k] * entry.cells[k][j].cost));
  const few = N <= data.cells_up_to;
  byId("move-cells-head").replaceChildren(h("tr", {}, ...(few ? ["truth", ...names.map((x) => `as ${x}`)]
    : ["truth", "decision", "cases", "per case"]).map((x, i) =>
    h("th", { scope: "col", ...(i ? {} : { class: "word" }) }, x))));
  const heat = (k, j) => Math.max(0, (now.weights[k] * entry.cells[k][j].cost) / most).toFixed(3);
  const full = () => labels.map((label, k) => h("tr", {}, h("th", { scope: "row", class: "word" }, label),
    ...names.map((_, j) => h("td", { class: "heat", style: `--hot:${heat(k, j)}` },
      String(entry.cells[k][j].cases), h("small", {}, worth(k, j))))));
  const dearest = () => pairs.filter(([k, j]) => entry.cells[k][j].cases)
    .sort((a, b) => now.weights[b[0]] * entry.cells[b[0]][b[1]].cost
      - now.weights[a[0]] * entry.cells[a[0]][a[1]].cost).slice(0, 10)
    .map(([k, j]) => row([labels[k], names[j], String(entry.cells[k][j].cases), worth(k, j)]));
  byId("move-cells").replaceChildren(...(few ? full() : dearest()));
}

/* Dollars against the share of class c: a window of shares around the present one. */
function showFrontier(now, c) {
  const here = Math.min(0.9999, Math.max(0.0001, (state.shares || data.start)[c]));
  const grid = [...Array(61).keys()].map((i) => logistic(-9 + 0.3 * i));
  const curves = along(c, grid, now), names = now.all.map((entry) => entry.name);
  byId("move-break-even").textContent = breakEven(c, grid, curves, names, here) + regions(now.prices);
  const [low, high] = [logit(here) - 2.5, logit(here) + 2.5];
  const inside = grid.map((_, g) => g).filter((g) => logit(grid[g]) > low - 0.3 && logit(grid[g]) < high + 0.3);
  const values = inside.map((g) => Math.max(...curves.map((curve) => curve[g])));
  const ofModels = inside.flatMap((g) => curves.slice(0, data.models.length).map((curve) => curve[g]));
  const [bottom, top] = [Math.min(...ofModels, ...values), Math.max(...values, ...ofModels, 0)];
  const x = (s) => 64 + ((logit(s) - low) / (high - low)) * 406;
  const y = (amount) => 12 + ((top - amount) / (top - bottom || 1)) * 218;
  const ticks = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.997, 0.999]
    .filter((s) => logit(s) > low && logit(s) < high);
  const levels = [0, 1, 2, 3, 4].map((i) => bottom + (i / 4) * (top - bottom));
  const compact = (amount) => (amount < 0 ? "\u2212" : "") + data.sign + Intl.NumberFormat("en-US",
    { notation: "compact", maximumSignificantDigits: 3 }).format(Math.abs(amount)).replace("K", "k");
  const line = (x1, y1, x2, y2, stroke) => h("line", { x1, y1, x2, y2, stroke, "stroke-width": 1 });
  const text = (at, down, anchor, words) =>
    h("text", { x: at, y: down, "text-anchor": anchor, "font-size": 12 }, words);
  const path = (curve, attributes) => h("path", { fill: "none", "stroke-width": 2, "clip-path": "url(#move-clip)",
    d: "M" + inside.map((g) => `${x(grid[g]).toFixed(1)} ${y(curve[g]).toFixed(1)}`).join("L"), ...attributes });
  const dashes = (j) => ["6 4", "2 3", "9 3 2 3", "12 5"][j % 4];
  const look = ({ kind, color, j }) => kind === "model" ? { stroke: color }
    : { stroke: "var(--faint)", "stroke-dasharray": dashes(j), "stroke-width": 1.5 };
  const drawn = now.all.map((entry, e) => [entry, curves[e]])
    .filter(([entry]) => entry.kind === "model" || now.constants.length <= 4);
  const chart = h("svg", { class: "chart", role: "img", viewBox: "0 0 480 284", style: "max-width:620px",
    "aria-label": `Lines of what every model brings per case against the share of ${labels[c]} cases. `
      + byId("move-break-even").textContent },
    h("clipPath", { id: "move-clip" }, h("rect", { x: 64, y: 10, width: 406, height: 222 })),
    ...levels.flatMap((level) => [line(64, y(level), 470, y(level), "var(--grid)"),
      text(58, y(level) + 4, "end", compact(level))]),
    ...ticks.flatMap((s) => [line(x(s), 232, x(s), 236, "var(--faint)"), text(x(s), 250, "middle", percent(s))]),
    line(x(here), 10, x(here), 232, "var(--ink)"),
    ...drawn.map(([entry, curve]) => path(curve, look(entry))),
    text(267, 274, "middle", `share of ${labels[c].slice(0, 30)} cases (line: now)`));
  byId("move-chart").replaceChildren(chart);
  byId("move-key").replaceChildren(...drawn.map(([entry]) => h("li", {},
    h("svg", { width: 26, height: 10, "aria-hidden": "true" }, h("path", { d: "M0 5H26", "stroke-width": 2, ...look(entry) })),
    entry.name)));
}

/* What trains with these costs, and the matrix as a file that fw reads. */
function showToTake() {
  const file = written(state.values);
  const moved = state.values.some((value, m) => value !== movables[m].start);
  if (moved) {
    file.name = `${file.name} moved`;
    file.source = `moved in a report${file.source ? `; before: ${file.source}` : ""}`;
    delete file.training_costs; // they went with the costs as they were
    const pays = file.costs.some((cells, k) => cells.some((_, j) =>
      constant(file, k, j) < constant(file, k, k)));
    if (pays) file.allow = [...new Set([...(file.allow || []), "mistakes_that_pay"])];
  }
  byId("move-json").textContent = JSON.stringify(file, null, 2);
  const shares = [...state.named].map((k) => `${labels[k]}=${Number(state.shares[k].toPrecision(8))}`);
  const plain = /^[\w@%+=:,./-]+$/;
  const words = shares.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`));
  byId("move-command").textContent = [data.command, ...words.map((word) => `--prevalence ${word}`)].join(" ");
}

/* ---- inputs ---- */

const slider = byId("move-slider");
const number = (m) => document.querySelector(`[data-move="${m}"]`);
const largest = Math.max(1, ...movables.filter(({ kind }) => kind === "price" || kind === "referral")
  .map(({ start: value }) => Math.abs(value)));
let held = 0; // the movable that the slider is for

/* A slider goes from a hundredth to a hundred times a cost; from 0, to the largest cost and back. */
const toValue = (m, x) => {
  const from = movables[m].start;
  if (x === 0) return from;
  return Number((from ? from * 10 ** (x / 50) : (largest * x) / 100).toPrecision(3));
};
const toSlider = (m, value) => {
  const from = movables[m].start;
  const at = from ? (value / from > 0 ? 50 * Math.log10(value / from) : -100) : (100 * value) / largest;
  return Math.max(-100, Math.min(100, Math.round(at)));
};

function hold(m) {
  held = m;
  byId("move-held").textContent = movables[m].label;
  showSlider();
}
function showSlider() {
  const value = state.values[held];
  slider.value = toSlider(held, value || 0);
  slider.setAttribute("aria-valuetext", value === null ? "not possible" : short(value));
}

const stateKey = () => JSON.stringify([state.values, state.shares]);
const start = {};

function refresh() {
  const now = evaluate(state);
  if (!start.result) {
    const winner = now.all.reduce((a, b) => (b.dollars > a.dollars ? b : a)).name;
    Object.assign(start, { result: now, winner, shown: stateKey() });
  }
  byId("move-says").textContent = verdict(now);
  byId("move-why").textContent = why(now);
  showTable(now);
  showCells(now);
  showFrontier(now, Number(byId("move-class").value));
  showToTake();
}

function showShares(except) {
  (state.shares || data.start).forEach((share, k) => {
    const [typed, slid] = [`[data-share="${k}"]`, `[data-slide="${k}"]`].map((at) => document.querySelector(at));
    if (typed !== except) typed.value = Number((100 * share).toPrecision(4));
    if (slid !== except) slid.value = logit(Math.min(0.9999, Math.max(0.0001, share)));
    slid.setAttribute("aria-valuetext", percent(share));
    typed.removeAttribute("aria-invalid");
  });
}
function moveShare(k, share, input) {
  const ok = share > 0 && share < 1;
  input.setAttribute("aria-invalid", !ok);
  if (!ok) return;
  state.shares = withShare(k, share);
  state.named.delete(k);
  state.named.add(k);
  byId("move-class").value = k;
  showShares(input);
  refresh();
}
function moveValue(m, value, input) {
  const empty = input.value.trim() === "" && movables[m].kind === "referral";
  const ok = empty || (Number.isFinite(value) && input.value.trim() !== "" && !(movables[m].kind === "rate" && value <= 0));
  input.setAttribute("aria-invalid", !ok);
  if (!ok) return;
  state.values[m] = empty ? null : value;
  if (input !== number(m)) number(m).value = value;
  showSlider();
  refresh();
}
function reset() {
  state = untouched();
  movables.forEach((movable, m) => { number(m).value = movable.start ?? ""; });
  all("#move [aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
  showShares();
  showSlider();
  refresh();
}
async function copy(button) {
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    byId("move-copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(source); // the browser does not let a page copy: a person can
    byId("move-copied").textContent = "Selected; copy it with Ctrl+C.";
  }
}

all("[data-move]").forEach((input) => {
  const m = Number(input.dataset.move);
  input.addEventListener("focus", () => hold(m));
  input.addEventListener("input", () => moveValue(m, input.valueAsNumber, input));
});
slider.addEventListener("input", () => moveValue(held, toValue(held, slider.valueAsNumber), slider));
all("[data-share]").forEach((input) => input.addEventListener("input",
  () => moveShare(Number(input.dataset.share), input.valueAsNumber / 100, input)));
all("[data-slide]").forEach((input) => input.addEventListener("input", () =>
  moveShare(Number(input.dataset.slide), Number(logistic(input.valueAsNumber).toPrecision(3)), input)));
["move-model", "move-class"].forEach((id) => byId(id).addEventListener("change", refresh));
all("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
byId("move-reset").addEventListener("click", reset);
byId("move-download").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([byId("move-json").textContent + "\n"], { type: "application/json" }));
  h("a", { href: url, download: data.file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
byId("move-body").hidden = false;
byId("move-model").value = data.served;
byId("move-class").value = data.dearest;
reset(); // a browser may have kept what was typed before
hold(movables.reduce((best, { start: value }, m) => (Math.abs(value) > Math.abs(movables[best].start) ? m : best), 0));
})();
