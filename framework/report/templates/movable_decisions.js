/* The panel whose costs and mix can be moved: reads the inputs, decides all test cases anew, and shows
   what that brings. The arithmetic of framework/core/decisions/decision.py and prevalence.py, case by case:
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
