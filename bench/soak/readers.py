"""The doors that inputs come through, each with a corpus of right ones, driven in this process.

A reader is given an input and may refuse it, with a FrameworkError. What it accepts is looked at: a
number that is none, a shape that does not fit.
"""

import io
import json
import math
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import mutations
import numpy as np

from framework.config.run_config import RunConfig
from framework.core.archives import ArchiveError, check_zip, unzipped
from framework.core.cost_matrix import CostMatrix
from framework.core.errors import ArtifactError, ConfigError
from framework.core.images import read_image
from framework.core.json_text import NotJsonError, parse_json
from framework.core.promise import Certificate, Promise, Step, read_certificate
from framework.data.schema import Schema
from framework.experiment.predictions_file import read_predictions
from framework.experiment.stored_run import read_run
from framework.inference.artifact import Artifact, read_values
from framework.inference.network_file import check_network
from framework.inference.trained_model import TrainedModel
from framework.plugins.registry import Registry
from framework.sagemaker.contract import from_hyperparameters
from framework.serving.bodies import Bodies
from framework.serving.replies import encoded
from framework.sweeping.axis import read_axis

ROOT = Path(__file__).parents[2]
RUN = ROOT / "tests" / "fixtures" / "run_0_1"
KINDS = [("PNG", "RGB"), ("PNG", "P"), ("PNG", "LA"), ("JPEG", "RGB"), ("BMP", "L"), ("PPM", "RGB")]
CHEAPEST = "built-in-decision"  # its rule is the cheapest decision
FEW = 12  # rows of a file of predictions


@dataclass(frozen=True)
class Reader:
    """``read`` takes bytes; ``corpus`` are right ones; ``share`` of all inputs.

    ``json``: they are changed as values, too. ``strict``: each number in them is one.
    """

    name: str
    group: str
    share: float
    read: Callable[[bytes], object]
    corpus: tuple[bytes, ...]
    json: bool = False
    strict: bool = False
    paths: dict[int, list] = field(default_factory=dict)

    def input(self, random: Random) -> tuple[bytes, str | None]:
        """A changed one of the corpus, and why it must be refused, or None."""
        at = random.randrange(len(self.corpus))
        data = self.corpus[at]
        if not self.json or random.random() < 0.35:
            return mutations.of_bytes(data, random), None
        text = data.decode()
        if at not in self.paths:
            self.paths[at] = mutations.places(json.loads(text))
        changed, why = mutations.of_json(text, self.paths[at], random)
        told = why if self.strict or (why and "number" not in why) else None
        return changed.encode("utf-8", "surrogatepass"), told


class Network:
    """Probabilities of a linear model, in NumPy alone."""

    def __init__(self, width: int, n: int) -> None:
        self.weights = np.random.default_rng(0).normal(size=(width, n))

    def __call__(self, X: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            logits = np.asarray(X, np.float64).reshape(len(X), -1) @ self.weights
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            return p / p.sum(axis=1, keepdims=True)


def readers(folder: Path) -> list[Reader]:
    """All of them; ``folder`` is where those that read files find them."""
    return [
        *_texts(),
        *_matrices(folder),
        *_requests(),
        *_settings(),
        *_folders(folder),
        *_pictures(),
        *_archives(folder),
        *_tables(folder),
    ]


def _texts() -> list[Reader]:
    def read(data: bytes) -> None:
        try:
            value = parse_json(data)
        except NotJsonError as error:
            raise ArtifactError(str(error)) from None
        json.dumps(value, allow_nan=False).encode()

    small = (
        b'{"a": [1, 2.5e3, -0, {"b": null}], "c": "\\u00e9\\ud83d\\ude00", "d": [true, ""]}',
        b"[[[1]]]",
    )
    return [Reader("JSON", "JSON", 0.15, read, (*small, _bytes("decision.json")), json=True)]


def _bytes(name: str) -> bytes:
    return json.dumps(json.loads((RUN / "models" / "medical" / name).read_bytes())).encode()


MATRIX = {"name": "m", "labels": ["benign", "malignant"], "costs": [[0, 1300.5], [252000, 0]]}
MATRICES = [
    MATRIX,
    {**MATRIX, "refer": [40, 30], "dollars_per_unit": 1.5, "prevalence": {"malignant": 0.01}},
    {**MATRIX, "costs": [[0, {"column": "a", "factor": 0.5, "plus": 3}], [7, 0]], "unit": "EUR"},
    {**MATRIX, "training_costs": [[0, 1], [5, 0]], "source": "x", "description": "y", "allow": []},
    {
        **MATRIX,
        "actions": ["wait", "look", "cut"],
        "costs": [[0, 2, 9], [50, 3, 1]],
        "rows": "truth",
    },
    {
        **{key: MATRIX[key] for key in ("name", "labels")},
        "default": 3,
        "groups": {"bad": ["mal*"]},
        "rules": [{"true": "bad", "predicted": "benign", "cost": 90, "reason": "z"}],
    },
]
TABLES = [
    b"truth\\decision,benign,malignant\nbenign,0,1300\nmalignant,252000,0\n",
    b";benign;malignant;refer\nbenign;0;1,5;2\nmalignant;9;0;2\n",
    b"truth\\action\twait\tcut\nbenign\t0\t5\nmalignant\t50\t1\n",
]


def _looked_at(matrix: CostMatrix) -> None:
    tables = [matrix.costs, matrix.dollar_costs({name: np.ones(2) for name in matrix.columns})]
    assert all(np.isfinite(table).all() for table in tables), "costs that are not finite"
    assert matrix.costs.shape == (len(matrix.labels), len(matrix.acts)), "a shape that does not fit"
    assert all(isinstance(name, str) and name for name in matrix.labels), "labels that are no names"
    json.dumps(matrix.to_dict(), allow_nan=False).encode("utf-8")


def _matrices(folder: Path) -> list[Reader]:
    def from_file(name: str) -> Callable[[bytes], None]:
        path = folder / name

        def read(data: bytes) -> None:
            path.write_bytes(data)
            _looked_at(CostMatrix.from_file(path))

        return read

    def swept(data: bytes) -> None:
        ratio, _, cells = data.decode("utf-8", "replace").partition("|")
        axis = read_axis(ratio or None, cells or None, 5, CostMatrix.from_dict(MATRIX))
        assert np.isfinite(axis.values).all(), "values that are not finite"

    texts = tuple(json.dumps(matrix).encode() for matrix in MATRICES)
    ranges = (
        b"fn:fp=1:1..1000:1|",
        b"|cell=malignant->benign:1..100",
        b"|cell=*->benign:x0.1..x10",
    )
    return [
        Reader("a matrix as JSON", "cost matrices", 0.12, from_file("m.json"), texts, True, True),
        Reader("a matrix as CSV", "cost matrices", 0.06, from_file("m.csv"), tuple(TABLES)),
        Reader("a range of costs", "cost matrices", 0.02, swept, ranges),
    ]


def _model(
    name: str, schema: Schema | None = None, shape: tuple[int, ...] | None = None
) -> TrainedModel:
    artifact: Artifact = read_values(RUN / "models" / name)
    if schema is not None:
        signature = replace(
            artifact.signature, input_shape=(len(schema.features),), feature_names=()
        )
        artifact = replace(artifact, schema=schema, signature=signature)
    if shape is not None:
        signature = replace(artifact.signature, input_shape=shape, feature_names=(), dtype="uint8")
        artifact = replace(artifact, signature=signature)
    width = math.prod(artifact.signature.input_shape)
    rule = Registry().decision_rule("minimum_expected_cost")
    return TrainedModel(artifact, Network(width, len(artifact.signature.labels)), rule)


SCHEMA = {
    "columns": [
        {
            "name": "age",
            "kind": "number",
            "median": 40.0,
            "flag": True,
            "decimal": ",",
            "missing": ["-"],
        },
        {"name": "size", "kind": "category", "levels": ["S", "L"], "rare": ["XL"], "gap": True},
        {
            "name": "kept",
            "kind": "boolean",
            "yes": ["yes"],
            "no": ["no"],
            "mostly": False,
            "flag": False,
        },
        {
            "name": "on",
            "kind": "date",
            "origin": "2020-01-01",
            "median": 3.5,
            "season": True,
            "hour": True,
        },
        {"name": "note", "kind": "text", "width": 16},
    ],
    "left_out": {"id": "all different"},
    "beside": ["target"],
}


def model_of(kind: str) -> TrainedModel:
    """One that takes "numbers", "columns" of all kinds, or "pictures"."""
    if kind == "numbers":
        return _model(CHEAPEST)
    if kind == "columns":
        return _model(CHEAPEST, Schema.from_json(SCHEMA))
    return _model(CHEAPEST, shape=(4, 4, 3))


def asked_with(kind: str) -> Callable[[str, bytes], None]:
    """Asks a model of that kind as ``fw serve`` does: with a content type and a body."""
    model = model_of(kind)
    bodies = Bodies(model)

    def ask(content_type: str, body: bytes) -> None:
        cases = bodies.read(content_type, {}, body)
        answers = model.answer(cases.X, cases.columns, cases.matrix, cases.prevalence)
        assert np.isfinite(answers.dollars).all(), "dollars that are not finite"
        assert np.isfinite(answers.probabilities).all(), "probabilities that are not finite"
        encoded(answers, "application/json", "m", cases.header, "v")

    return ask


def _requests() -> list[Reader]:
    plain, mixed, signs = (asked_with(kind) for kind in ("numbers", "columns", "pictures"))
    names = model_of("numbers").column_names
    row = [round(0.5 * k, 2) for k in range(len(names))]
    objects = [dict(zip(names, row, strict=True))]
    many = {"instances": [row], "cost_matrix": MATRICES[1], "prevalence": {"malignant": 0.2}}
    case = {
        "age": "1,5",
        "size": "L",
        "kept": "yes",
        "on": "2021-03-04",
        "note": "two words",
        "id": 3,
    }
    array = io.BytesIO()
    np.save(array, np.ones((2, len(names))))
    header, cells = ",".join(names), ",".join(map(str, row))
    by_case = [
        {"instances": [[*row, 5]], "cost_matrix": MATRICES[2]},
        {"instances": [row], "cost_matrix": MATRICES[4]},
        {"instances": [row], "cost_matrix": MATRICES[5]},
    ]
    picture = np.zeros((4, 4, 3), int).tolist()
    as_json = {
        "numbers": [json.dumps([row]), json.dumps(objects)],
        "matrices": [json.dumps(one) for one in (many, *by_case)],
    }

    def reader(
        what: str, share: float, ask: Callable, kind: str, corpus: list, **more: bool
    ) -> Reader:
        texts = tuple(one.encode() if isinstance(one, str) else one for one in corpus)
        return Reader(
            f"a request: {what}", "requests", share, lambda body: ask(kind, body), texts, **more
        )

    json_kind, lines = "application/json", "application/jsonlines"
    strict = {"json": True, "strict": True}
    return [
        reader("numbers", 0.06, plain, json_kind, as_json["numbers"], **strict),
        reader("its own matrix", 0.08, plain, json_kind, as_json["matrices"], **strict),
        reader("lines", 0.03, plain, lines, [f"{json.dumps(row)}\n{json.dumps(row)}\n"]),
        reader("CSV", 0.04, plain, "text/csv", [f"{header}\n{cells}\n", f"{cells}\n{cells}\n"]),
        reader(".npy", 0.04, plain, "application/x-npy", [array.getvalue()]),
        reader("text and dates", 0.004, mixed, json_kind, [json.dumps([case])], json=True),
        reader(
            "text as CSV", 0.02, mixed, "text/csv", ["age,size,kept,on,note\n1,S,no,2020-02-03,x\n"]
        ),
        reader("a picture as numbers", 0.01, signs, json_kind, [json.dumps([picture])], **strict),
    ]


HYPERPARAMETERS = {
    "dataset": "breast_cancer",
    "cost_matrix": json.dumps(MATRIX),
    "learning_rate": "0.01",
    "epochs": "50",
    "seed": "3",
    "threshold": "0.2",
    "augment.rotation": "0.1",
    "prevalence": '{"malignant": 0.01}',
    "time_budget": "5m",
    "cuts": "1,2,3.5",
    "model_parameters": '{"units": 3, "wide": true}',
}
NUMERIC = (
    "learning_rate",
    "epochs",
    "seed",
    "threshold",
    "test_fraction",
    "l2",
    "batch_size",
    "folds",
)
NO_TEXTS = ("1_0", "nan", "inf", "1e999", "", "9" * 400, "\u0663")


def _settings() -> list[Reader]:
    def hyperparameters(data: bytes) -> None:
        try:
            values = parse_json(data)
        except NotJsonError as error:
            raise ConfigError(str(error)) from None
        if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
            raise ConfigError("expected an object of strings")
        _looked_at_settings(from_hyperparameters(values, {}))

    def settings(data: bytes) -> None:
        try:
            values = parse_json(data, constants=True)
        except NotJsonError as error:
            raise ConfigError(str(error)) from None
        if not isinstance(values, dict):
            raise ConfigError("expected an object")
        _looked_at_settings(RunConfig(**values))

    typed = {
        "dataset": "x.csv",
        "learning_rate": 0.1,
        "epochs": 3,
        "l2": 0.0,
        "threshold": 0.5,
        "seed": 1,
    }
    typed |= {"members": 2, "prevalence": {"a": 0.5}, "augment": {"shift": 0.1}, "cuts": [1, 2.5]}
    hyper = tuple(
        json.dumps({**HYPERPARAMETERS, **more}).encode()
        for more in ({}, {"cost_matrix": "medical.json"})
    )
    wrong = [(name, text) for name in NUMERIC for text in NO_TEXTS]
    return [
        Reader("hyperparameters", "settings", 0.06, hyperparameters, hyper, json=True),
        Reader("settings", "settings", 0.04, settings, (json.dumps(typed).encode(),), True, True),
        *(
            _refusing(f"{name} {text[:9]!r}", {"dataset": "x", name: text}, hyperparameters)
            for name, text in wrong
        ),
    ]


def _refusing(name: str, values: Mapping[str, str], read: Callable[[bytes], None]) -> Reader:
    """Of one input, which must be refused as it is."""

    class Same(Reader):
        def input(self, random: Random) -> tuple[bytes, str | None]:
            return self.corpus[0], f"{values} holds no number"

    return Same(name, "settings", 0.0, read, (json.dumps(values).encode(),))


def _looked_at_settings(config: RunConfig) -> None:
    plain = json.dumps(config.to_json(), allow_nan=False)
    plain.encode("utf-8")


def _folders(folder: Path) -> list[Reader]:
    import shutil

    model, run = folder / "model", folder / "run"
    shutil.copytree(RUN / "models" / "medical", model)
    shutil.copytree(RUN, run)
    _shorten(run)

    def of(home: Path, name: str, read: Callable[[], object]) -> Callable[[bytes], None]:
        path = home / name
        right = path.read_bytes() if path.exists() else None

        def with_it(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read()
            finally:
                if right is None:
                    path.unlink()
                else:
                    path.write_bytes(right)

        return with_it

    def values() -> None:
        found = read_values(model)
        n = len(found.signature.labels)
        p = found.decision.calibration(np.full((1, n), 1 / n))
        assert p.shape == (1, n), "a calibration that does not fit"
        assert np.isfinite(p).all(), "probabilities that are not finite"

    def whole_run() -> None:
        found = read_run(run)
        assert np.isfinite(found.served.case_dollars).all()

    def schema(data: bytes) -> None:
        try:
            found = Schema.from_json(parse_json(data))
        except NotJsonError as error:
            raise ArtifactError(str(error)) from None
        assert all(isinstance(name, str) for name in found.features)

    def predictions(data: bytes) -> None:
        path = folder / "p.csv"
        path.write_bytes(data)
        found = read_predictions(path, ("benign", "malignant"))
        assert np.isfinite(found.dollars).all(), "dollars that are not finite"
        assert np.isfinite(found.probabilities).all(), "probabilities that are not finite"

    def certificate(data: bytes) -> None:
        path = folder / "certificate.json"
        path.write_bytes(data)
        read_certificate(path, ("benign", "refer"))

    step = Step(3.5, 0.2, 10.0, 12.5)
    kept = Certificate(
        Promise(20.0), 90, True, 3.5, False, (step, replace(step, lost=30.0)), 12.5, "gaffke"
    )
    promised = json.dumps({"decisions": ["benign", "refer"], **kept.to_json()}).encode()
    told = (run / "predictions" / "medical.csv").read_bytes()
    mix = {
        "training": {"benign": 0.6, "malignant": 0.4},
        "target": {"benign": 0.9, "malignant": 0.1},
    }
    parts = [
        Reader("predictions", "run folders", 0.04, predictions, (told,)),
        Reader("a certificate", "run folders", 0.01, certificate, (promised,), True),
    ]
    for name, share in (
        ("signature.json", 0.02),
        ("decision.json", 0.03),
        ("cost_matrix.json", 0.01),
    ):
        read = of(model, name, values)
        parts.append(
            Reader(f"a model's {name}", "model folders", share, read, (_bytes(name),), True, True)
        )
    read = of(model, "prevalence.json", values)
    parts.append(
        Reader(
            "prevalence.json", "model folders", 0.01, read, (json.dumps(mix).encode(),), True, True
        )
    )
    text = (json.dumps(SCHEMA).encode(),)
    parts.append(Reader("schema.json", "model folders", 0.03, schema, text, True, True))
    for name in ("metrics.json", "config.json", "cost_matrix.json", "predictions/medical.csv"):
        data, as_json = (run / name).read_bytes(), name.endswith("json")
        read = of(run, name, whole_run)
        parts.append(Reader(f"a run's {name}", "run folders", 0.001, read, (data,), as_json))
    return parts


def _shorten(run: Path) -> None:
    """A run of few test cases, whose counts are right: read in a millisecond."""
    metrics = json.loads((run / "metrics.json").read_bytes())
    for model in metrics["models"]:
        name = model["name"].replace(" + ", "-").replace(":", "-")
        path = run / "predictions" / f"{name}.csv"
        lines = path.read_text().splitlines()[: FEW + 1]
        path.write_text("\n".join(lines) + "\n")
        counts = [[0, 0], [0, 0]]
        for line in lines[1:]:
            _, true, decided, *_ = line.split(",")
            counts[true == "malignant"][decided == "malignant"] += 1
        model["confusion_matrix"] = counts
    (run / "metrics.json").write_text(json.dumps(metrics))


def _pictures() -> list[Reader]:
    from PIL import Image

    def read(data: bytes) -> None:
        assert read_image(data, (4, 4, 3)).shape == (4, 4, 3)

    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), dtype=np.uint8)
    corpus = []
    for kind, mode in KINDS:
        out = io.BytesIO()
        Image.fromarray(pixels).convert(mode).save(out, kind)
        corpus.append(out.getvalue())
    return [Reader("a picture", "pictures", 0.05, read, tuple(corpus))]


def _archives(folder: Path) -> list[Reader]:
    import gzip

    from framework.training.checkpoints import Checkpoints

    def of_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
        path = folder / name

        def with_it(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read(path)
            except ArchiveError as error:
                raise ArtifactError(str(error)) from None

        return with_it

    saved = io.BytesIO()
    np.savez(saved, losses=np.ones(3), seconds=np.float64(2), state0=np.ones((2, 2)))
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", "text" * 9)
    keras = (RUN / "models" / "medical" / "model.keras").read_bytes()
    return [
        Reader(
            "a checkpoint",
            "archives",
            0.01,
            of_file("checkpoints/k.npz", lambda path: Checkpoints(checkpoints).read("k")),
            (saved.getvalue(),),
        ),
        Reader("a zip file", "archives", 0.02, of_file("z.zip", check_zip), (zipped.getvalue(),)),
        Reader(
            "a gzip file",
            "archives",
            0.02,
            of_file("g.gz", unzipped),
            (gzip.compress(b"a" * 300),),
        ),
        Reader("a .keras file", "archives", 0.003, of_file("n.keras", check_network), (keras,)),
        Reader("a tar file", "archives", 0.01, of_file("t.tar.gz", _unpacked), (_tar(),)),
    ]


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, kind in (
            ("a.txt", tarfile.REGTYPE),
            ("../b", tarfile.REGTYPE),
            ("c", tarfile.SYMTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, 3 if kind == tarfile.REGTYPE else 0
            member.linkname = "a.txt" if kind == tarfile.SYMTYPE else ""
            tar.addfile(member, io.BytesIO(b"abc") if member.size else None)
    return out.getvalue()


def _unpacked(path: Path) -> None:
    """As ``fw sagemaker fetch`` unpacks what S3 holds."""
    from framework.sagemaker.fetching import unpacked

    with tempfile.TemporaryDirectory(dir=path.parent) as home:
        unpacked(path, Path(home) / "out")
        assert not (Path(home).parent / "b").exists(), "a file outside the folder"


def _tables(folder: Path) -> list[Reader]:
    import openpyxl

    from framework.data.reading import read_table

    def of(name: str) -> Callable[[bytes], None]:
        path = folder / name

        def read(data: bytes) -> None:
            path.write_bytes(data)
            assert len(set(map(len, read_table(path).columns.values()))) <= 1

        return read

    book, sheet = openpyxl.Workbook(), io.BytesIO()
    for row in (["a", "b", "c"], [1, 2.5, "x"], [None, True, "y"]):
        book.active.append(row)
    book.save(sheet)
    csv = b"a;b;c\n1;2,5;x\n;3;y\n"
    lines = b'{"a": 1, "b": "x", "c": null}\n{"a": 2.5, "b": "y", "c": true}\n'
    return [
        Reader("a CSV file", "tables", 0.001, of("t.csv"), (csv, b"a,b\n1,2\n3,4\n")),
        Reader("a file of JSON lines", "tables", 0.001, of("t.jsonl"), (lines,)),
        Reader("an Excel file", "tables", 0.001, of("t.xlsx"), (sheet.getvalue(),)),
        Reader("a Parquet file", "tables", 0.001, of("t.parquet"), (_parquet(folder),)),
    ]


def _parquet(folder: Path) -> bytes:
    import duckdb

    path = folder / "right.parquet"
    duckdb.sql("SELECT i AS a, i / 3 AS b, 'x' || i AS c FROM range(9) t(i)").write_parquet(
        str(path)
    )
    return path.read_bytes()
