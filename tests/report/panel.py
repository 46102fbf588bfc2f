"""The panel of a report whose costs and mix can be moved, in a browser: typed into, and read."""

import json
import re
from html import unescape

import numpy as np

from framework.core.case_costs import case_costs
from framework.core.costs.prevalence import at_target, moved
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.references import constant_dollars, oracle_dollars
from framework.core.words import money
from framework.report.run.packed import unpacked

SET = """(values) => { for (const [selector, value] of Object.entries(values)) {
  const input = document.querySelector(selector);
  input.value = value;
  input.dispatchEvent(new Event("input"));
} }"""
TABLE = """[...document.querySelectorAll("#move-table tr")].map((row) =>
  [...row.children].map((cell) => cell.textContent))"""


def put(browser, values):
    """Type ``values`` into the inputs that selectors name."""
    browser.run(f"({SET})({json.dumps(values)})")


def text(browser, name):
    return browser.run(f"document.getElementById({json.dumps(name)}).textContent")


def shown(browser):
    """Dollars per case by name, as the table says them."""
    return {re.sub(r"^\d+\. ", "", row[0]): row[1] for row in browser.run(TABLE)}


def data_of(run_dir):
    html = (run_dir / "report.html").read_text(encoding="utf-8")
    return json.loads(unescape(re.search(r'id="move-data">(.*?)</script>', html, re.DOTALL)[1]))


def in_python(data, matrix, target):
    """The same dollars, by the framework's own functions; ``target`` None: the test cases' mix."""
    n = len(matrix.labels)
    y = np.repeat(np.arange(n), data["counts"])
    columns = {column["name"]: np.array(column["values"]) for column in data["columns"]}
    costs = matrix.dollar_costs(columns)
    weights = np.array(data["start"]) if target is None else target
    found = {}
    for model in data["models"]:
        p = unpacked(model["probabilities"], data["width"]).reshape(len(y), n)
        p = p if target is None else moved(p, np.array(data["stated"]), target)
        found[f"“{model['name']}”"] = -case_costs(y, minimum_expected_cost(p, costs), costs)
    for j, label in enumerate(matrix.decision_labels):
        found[f"always “{label}”"] = constant_dollars(y, costs, j)
    found["a perfect oracle"] = oracle_dollars(y, costs)
    return {name: money(float(at_target(of, y, weights).mean())) for name, of in found.items()}
