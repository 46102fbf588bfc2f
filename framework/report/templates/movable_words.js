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
