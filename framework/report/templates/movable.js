/* The panel whose costs and mix can be moved: reads the inputs, decides all test cases anew, and shows
   what that brings. The arithmetic of framework/core/decision.py and prevalence.py, case by case:
   expected cost of decision j = sum_k p_k target_k / stated_k C[k][j], the least is taken; dollars per
   case = -sum_k target_k (mean cost of the test cases of class k). Cases are ordered by class. */
const data = JSON.parse(document.getElementById("move-data").textContent);
const { labels, movables, counts } = data, N = labels.length;
const truths = Int32Array.from(counts.flatMap((count, k) => Array(count).fill(k))), n = truths.length;
const byId = (id) => document.getElementById(id);

/* ---- numbers ---- */
/* Upper bits of 32-bit floats, as framework/report/run/packed.py writes them. */
function unpacked(text) {
  const { width } = data, bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const bits = new Uint32Array(bytes.length / width);
  bytes.forEach((byte, i) => { bits[Math.floor(i / width)] = (bits[Math.floor(i / width)] << 8) | byte; });
  return Float64Array.from(new Float32Array(bits.map((kept) => kept << (30 - 8 * width)).buffer));
}
const probabilities = data.models.map((model) => unpacked(model.probabilities));
function money(amount) { // as framework/core/words.py
  const size = Math.abs(amount), digits = size >= 0.1 || size < data.least
    ? size.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",") : short(size);
  return (amount < 0 && /[1-9]/.test(digits) ? "\u2212" : "") + data.sign + digits;
}
const short = (x) => String(Number(x.toPrecision(4))), quoted = (name) => `\u201c${name}\u201d`;
const rounded = (x) => Number(x.toPrecision(3)), roundedShare = (s) => (s > 0.5 ? 1 - rounded(1 - s) : rounded(s));
const percent = (share) => `${Number((100 * roundedShare(share)).toPrecision(7))}%`;
const logit = (s) => Math.log(s / (1 - s)), logistic = (x) => 1 / (1 + Math.exp(-x));
const sum = (values) => values.reduce((a, b) => a + b, 0);
const least = (values) => values.reduce((best, value, i) => (value < values[best] ? i : best), 0);

/* ---- the state: what was moved ---- */
const untouched = () => ({
  values: movables.map((movable) => movable.start),
  shares: data.given ? data.stated : null, // null: the mix of the test cases
  named: new Set(data.given ? labels.keys() : []),
});
let state = untouched(), start = null; // what is moved, and what came of it before anything was
const changed = () => state.values.some((value, m) => value !== movables[m].start);

/* The shares when class k has share s, and the others keep the proportions that they have `now`. */
function withShare(k, s, now = state.shares || data.stated) {
  return now.map((share, i) => (i === k ? s : (share * (1 - s)) / (1 - now[k])));
}

/* What each class counts for, (N): classes without a test case are left out. */
function weightsOf(shares) {
  const present = shares.map((share, k) => (counts[k] ? share : 0)), total = sum(present);
  return present.map((share) => share / total);
}
const ratioOf = (shares) => data.stated.map((stated, k) => (shares && stated > 0 ? shares[k] / stated : 1));

/* What a file says of a cell, and of it what does not depend on the case. */
const row = (file, i, j) => (j < file.costs[i].length ? [file.costs[i], j] : [file.refer, i]);
function constant(file, i, j) {
  const [cells, at] = row(file, i, j);
  return typeof cells[at] === "object" ? cells[at].plus : cells[at];
}
/* The matrix as a file, with what was moved. */
function written(values) {
  const file = structuredClone(data.matrix);
  movables.forEach(({ kind, start: from, cells }, m) => {
    const value = values[m], [i, j] = cells[0] || [];
    if (value === from) return;
    if (kind === "rate") file.dollars_per_unit = value;
    else if (kind === "factor") file.costs[i][j].factor = value;
    else if (kind === "referral" && value === null) delete file.refer;
    else if (kind === "referral") file.refer = labels.map(() => value);
    else for (const [k, decision] of cells) {
      const [of, at] = row(file, k, decision), price = kind === "times" ? value * constant(file, k, decision) : value;
      if (typeof of[at] === "object") of[at].plus = price;
      else of[at] = price;
    }
  });
  return file;
}
/* In dollars: costs (N x M), and for cells that depend on the case the dollars per unit of a column. */
function priced(values) {
  const file = written(values), names = [...data.decisions, ...(file.refer ? ["refer"] : [])];
  const costs = labels.map((_, i) => names.map((_, j) => constant(file, i, j) * file.dollars_per_unit));
  const extras = data.columns.map(({ cell: [i, j], values: column, known }) =>
    ({ i, j, column, known, times: file.costs[i][j].factor * file.dollars_per_unit }));
  return { names, costs, extras };
}

/* ---- decisions and dollars ---- */
/* Decides every case for several mixes: `take(i, j, from, to)` is told decision j on case i in the mixes
   from <= g < to. Expected costs are those of class c times up[g], and those of the others times down[g];
   up[g] / down[g] rises, so that each decision is the cheapest in one stretch, whose end is bisected. */
function decide(p, { names, costs, extras }, ratio, c, { up, down }, take) {
  const M = names.length, own = new Float64Array(M), others = new Float64Array(M), last = up.length - 1;
  const weighted = costs.map((cells, k) => Float64Array.from(cells, (cost) => cost * ratio[k]));
  const expected = (g, j) => up[g] * own[j] + down[g] * others[j];
  const cheapest = (g) => {
    let best = 0;
    for (let j = 1; j < M; j++) if (expected(g, j) < expected(g, best)) best = j;
    return best;
  };
  for (let i = 0; i < n; i++) {
    own.fill(0), others.fill(0);
    for (let k = 0; k < N; k++) {
      const cells = weighted[k], of = p[i * N + k], to = k === c ? own : others;
      for (let j = 0; j < M; j++) to[j] += of * cells[j];
    }
    for (const { i: k, j, times, known, column } of extras)
      (k === c ? own : others)[j] += ratio[k] * p[i * N + k] * times * (known ?? column[i]);
    for (let from = 0, low; from <= last; from = low + 1) {
      const j = cheapest(from);
      low = from < last && cheapest(last) === j ? last : from;
      for (let high = last + 1; high - low > 1;) {
        const middle = (low + high) >> 1;
        if (cheapest(middle) === j) low = middle;
        else high = middle;
      }
      take(i, j, from, low + 1);
    }
  }
}

/* What decision j costs case i, its truth known. */
function costOf(i, j, { costs, extras }) {
  const added = (x) => (x.i === truths[i] && x.j === j ? x.times * x.column[i] : 0);
  return extras.length ? costs[truths[i]][j] + sum(extras.map(added)) : costs[truths[i]][j];
}
const dollars = (means, weights) => 0 - sum(means.map((mean, k) => weights[k] * mean));

/* All models, all constant decisions and the oracle at a state; `cells` are cases, and mean cost per
   case of the class, by truth and decision, `means` the latter by truth. */
function evaluate({ values, shares }) {
  const prices = priced(values), { names } = prices, weights = weightsOf(shares || data.start);
  const entry = (name, kind, decideAll, more) => {
    const cells = labels.map(() => names.map(() => ({ cases: 0, cost: 0 })));
    decideAll((i, j) => {
      cells[truths[i]][j].cases += 1;
      cells[truths[i]][j].cost += costOf(i, j, prices) / counts[truths[i]];
    });
    const means = cells.map((of) => sum(of.map(({ cost }) => cost)));
    return { name, kind, cells, means, dollars: dollars(means, weights), ...more };
  };
  const models = data.models.map(({ name, color }, m) => entry(quoted(name), "model", (take) =>
    decide(probabilities[m], prices, ratioOf(shares), 0, { up: [1], down: [1] }, take), { color, m }));
  const constants = names.map((name, j) => entry(`always ${quoted(name)}`, "constant", (take) =>
    truths.forEach((_, i) => take(i, j)), { j }));
  const oracle = entry("a perfect oracle", "oracle", (take) => truths.forEach((_, i) =>
    take(i, least(names.map((_, j) => costOf(i, j, prices))))));
  // Of what is equal a constant decision comes first, which needs no model, then the served model.
  const entries = [...constants, models[data.served], ...models.filter(({ m }) => m !== data.served)];
  const ranked = [...entries].sort((a, b) => (alike(a, b) ? 0 : b.dollars - a.dollars));
  return { prices, weights, models, constants, entries, ranked, oracle };
}
const alike = (a, b) => money(a.dollars) === money(b.dollars); // as a reader sees them

/* All entries with their dollars, less the oracle's, when class c has each of `grid`'s shares. */
function along(c, grid, { prices, entries, oracle }) {
  const shares = state.shares || data.stated, weights = grid.map((s) => weightsOf(withShare(c, s, shares)));
  const up = grid.map((s) => (shares[c] ? s / shares[c] : 1)), down = grid.map((s) => (1 - s) / (1 - shares[c]));
  return entries.map((entry) => {
    const rises = Array.from({ length: grid.length + 1 }, () => new Float64Array(N));
    const take = (i, j, from, to) => {
      const cost = costOf(i, j, prices) / counts[truths[i]];
      rises[from][truths[i]] += cost, rises[to][truths[i]] -= cost;
    };
    if (entry.kind === "model") decide(probabilities[entry.m], prices, ratioOf(state.shares), c, { up, down }, take);
    let means = entry.kind === "model" ? Array(N).fill(0) : entry.means;
    return { ...entry, curve: grid.map((_, g) => {
      means = means.map((mean, k) => mean + rises[g][k]);
      return dollars(means, weights[g]) - dollars(oracle.means, weights[g]);
    }) };
  });
}

/* ---- in words ---- */
const brings = (amount) => `${amount < 0 ? "loses" : "brings"} ${money(Math.abs(amount))} per case`;
const shareOf = (k) => `${percent((state.shares || data.start)[k])} ${quoted(labels[k])}`;

function verdict({ ranked }) {
  const [first] = ranked, next = ranked.find((entry) => !alike(entry, first));
  const equal = ranked.slice(1).filter((entry) => alike(entry, first)).map((entry) => entry.name);
  const constant = ranked.find(({ kind }) => kind === "constant"), way = first.dollars < 0 ? "less" : "more";
  const by = (entry) => `${money(first.dollars - entry.dollars)} ${way} than ${entry.name}`;
  const mix = state.named.size ? `At ${[...state.named].slice(N > 2 ? -2 : -1).map(shareOf).join(" and ")}`
    : `In the mix of the test cases (${shareOf(data.dearest)})`;
  const told = `${mix}${changed() ? " and at these costs" : ""} the cheapest is ${first.name}: it `
    + brings(first.dollars) + (next ? `, ${by(next)}` : "")
    + (equal.length ? ` (${equal.slice(0, 3).join(", ")}: the same)` : "");
  if (first.kind === "constant") return `${told}. No model is worth its trouble here.`;
  return next === constant || !next ? `${told}.` : `${told}, and ${by(constant)}, the best without a model.`;
}

/* Why the answer is another one than at the start: what the former winner now loses most on. */
function why({ ranked, weights, prices }) {
  const [first] = ranked, before = ranked.find(({ name }) => name === start.ranked[0].name);
  if (!state.named.size && !changed()) return "Move a cost or a share: this, the table and the chart follow.";
  if (before === first) return "It was the cheapest at the start, too.";
  if (!before) return "What was the cheapest at the start cannot be had here.";
  if (alike(before, first)) return `${before.name}, the cheapest at the start, brings the same here.`;
  const more = (k, j) => weights[k] * (before.cells[k][j].cost - first.cells[k][j].cost);
  const [k, j] = pairs(prices).reduce((most, at) => (more(...at) > more(...most) ? at : most));
  const of = (entry) => money(weights[k] * entry.cells[k][j].cost);
  const [was, is, cost, price] = [start.weights[k], weights[k], start.prices.costs[k][j], prices.costs[k][j]];
  const because = Math.abs(was - is) > 1e-9
    ? `; ${percent(is)} of the cases are ${quoted(labels[k])} here, ${percent(was)} at the start`
    : price !== cost && cost !== undefined ? `; one costs ${money(price)}, not ${money(cost)}` : "";
  return `The answer has turned: at the start it was ${before.name}, which ${brings(before.dollars)} here. The `
    + `difference is mostly in ${quoted(labels[k])} cases decided ${quoted(prices.names[j])}: ${of(before)} per `
    + `case, against ${of(first)}${because}.`;
}

/* Between which shares of class c the same is the cheapest as at the share `here`. */
function breakEven(c, grid, curves, here) {
  const winner = grid.map((_, g) => least(curves.map(({ m, curve }) => (m === undefined ? 0 : 1e-7) - curve[g])));
  const changes = winner.slice(1).flatMap((b, g) => {
    const a = winner[g], [left, right] = [g, g + 1].map((at) => curves[a].curve[at] - curves[b].curve[at]);
    return a === b ? [] : [{ at: grid[g] + (left / (left - right)) * (grid[g + 1] - grid[g]), a, b }];
  });
  const below = changes.findLast(({ at }) => at <= here), above = changes.find(({ at }) => at > here);
  const [from, to] = [below, above].map((change) => change && `about ${percent(change.at)}`);
  const range = from && to ? `from ${from} to ${to}` : from ? `from ${from} on` : to ? `up to ${to}` : "at any share";
  return `By the share of ${quoted(labels[c])}, ${curves[above ? above.a : below ? below.b : winner[0]].name} `
    + `is the cheapest ${range}${below ? `; below that ${curves[below.a].name}` : ""}`
    + `${above ? `; above that ${curves[above.b].name}` : ""}.`;
}

/* Two classes: from which probability on what is decided, where lines of expected cost cross. */
function regions({ names, costs: [first, second], extras }) {
  if (N !== 2 || extras.length) return "";
  const crossings = names.flatMap((_, i) => names.map((_, j) =>
    (first[i] - first[j]) / (first[i] - first[j] - second[i] + second[j])));
  const cuts = [0, ...crossings.filter((p) => p > 0 && p < 1).sort((a, b) => a - b), 1];
  const taken = cuts.slice(1).map((high, c) => least(names.map((_, j) =>
    (2 - cuts[c] - high) * first[j] + (cuts[c] + high) * second[j])));
  const told = taken.map((j, c) => (c ? `from ${short(cuts[c])} on ` : "") + quoted(names[j]))
    .filter((_, c) => taken[c] !== taken[c - 1]);
  return ` For a single case, by P(${labels[1]}): ${told.join(", ")}.`;
}

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
