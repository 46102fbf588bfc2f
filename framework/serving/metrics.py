"""What is counted of the traffic, for Prometheus."""

from __future__ import annotations

import math

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from framework.serving.framing import Answer

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counters of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "fw_requests", "POST /invocations by HTTP status", ["status"], registry=self.registry
        )
        self.seconds = Histogram(
            "fw_request_seconds",
            "Seconds from the head of a request to its answer",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge(
            "fw_requests_waiting", "Requests in work or waiting for it", registry=self.registry
        )
        self.rows = Counter("fw_rows", "Cases decided", registry=self.registry)
        self.decisions = Counter(
            "fw_decisions", "Cases by what was decided", ["decision"], registry=self.registry
        )
        # Not a counter: it falls with every expected loss.
        self.dollars = Gauge(
            "fw_expected_dollars",
            "Sum of the expected dollars of all decisions, as stated; negative = a loss",
            registry=self.registry,
        )
        self.capacity_used = Counter(
            "fw_capacity_used",
            "What decisions have used of a limit",
            ["limit"],
            registry=self.registry,
        )
        self.capacity = Counter(
            "fw_capacity",
            "How much of a limit there was for the cases",
            ["limit"],
            registry=self.registry,
        )
        self.logged = Counter(
            "fw_decisions_logged",
            "Decisions written to the file of decisions",
            registry=self.registry,
        )
        self.unlogged = Counter(
            "fw_decisions_unlogged", "Decisions that could not be written", registry=self.registry
        )
        self.refused = Counter(
            "fw_refused",
            "Requests and connections turned away by a limit, by which",
            ["reason"],
            registry=self.registry,
        )
        self.models = Gauge(
            "fw_models", "Models that are loaded, where several are served", registry=self.registry
        )
        self.reloads = Counter(
            "fw_reloads",
            "Replacements of the model by what became of them",
            ["result"],
            registry=self.registry,
        )

    def request(self, status: int, seconds: float) -> None:
        self.requests.labels(str(status)).inc()
        self.seconds.observe(seconds)

    def answered(self, answer: Answer) -> None:
        self.rows.inc(answer.rows)
        for label, count in (answer.counts or {}).items():
            self.decisions.labels(label).inc(count)
        for limit, (used, there) in (answer.used or {}).items():
            self.capacity_used.labels(limit).inc(used)
            self.capacity.labels(limit).inc(there)
        if math.isfinite(answer.dollars):  # one sum beyond all numbers would spoil all later ones
            self.dollars.inc(answer.dollars)

    def text(self) -> bytes:
        """The exposition format that Prometheus reads."""
        return generate_latest(self.registry)
