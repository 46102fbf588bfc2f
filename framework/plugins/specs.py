"""What hooks return: small frozen descriptions; nothing heavy is imported or loaded by making one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from framework.core.errors import PluginError

if TYPE_CHECKING:
    from framework.core.costs.cost_matrix import CostMatrix

_NAME = re.compile(r"[a-z][a-z0-9_]*")

Estimates = Literal["probabilities", "decision", "weighted probabilities", "tilted probabilities"]


@dataclass(frozen=True)
class DatasetSpec:
    """A dataset by name.

    Parameters
    ----------
    name : str
        Lower-case letters, digits, underscores; what ``fw run`` takes.
    labels : sequence of str
        Class names; of two, the second is the positive class.
    load : function
        Called as ``load()``, with ``data_dir=folder`` when the user gives ``--data`` and
        ``test_dir=folder`` for ``--test-data``. Returns ``(X, y)`` or a ``framework.Dataset``; or a
        ``framework.Source`` of cases that need not fit into memory.
    cost_matrices : str or Path
        Folder of the matrices shipped with the plugin, relative to the file that defines ``load``.
    default_cost_matrix : str, optional
        The shipped matrix that is used when the user names none.
    reference_cost_matrices : sequence of str
        Shipped matrices that are trained for comparison whatever matrix the user names.
    default_model : str, optional
        Name of a model; default: what suits a table, or pictures.
    defaults : mapping
        Other settings of ``framework.RunConfig`` that suit this dataset.
    description : str
        One line.
    """

    name: str
    labels: tuple[str, ...]
    load: Callable[..., Any]
    cost_matrices: str | Path | None = None
    default_cost_matrix: str | None = None
    reference_cost_matrices: tuple[str, ...] = ()
    default_model: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""

    def __post_init__(self) -> None:
        _check(self)
        labels = tuple(self.labels)
        if len(labels) < 2 or len(set(labels)) != len(labels):
            raise PluginError(
                f'dataset "{self.name}": expected at least two different labels, received {labels}'
            )
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "reference_cost_matrices", tuple(self.reference_cost_matrices))

    def shipped_matrices(self) -> dict[str, Path]:
        """File name -> path of the cost matrices that come with the plugin."""
        if self.cost_matrices is None:
            return {}
        home = Path(inspect.getfile(inspect.unwrap(self.load))).parent
        files = sorted((home / self.cost_matrices).glob("*"))
        return {file.name: file for file in files if file.suffix in (".json", ".csv")}


@dataclass(frozen=True)
class ModelSpec:
    """A Keras architecture by name.

    ``build(input_shape, n_classes, **parameters)`` returns a ``keras.Model`` that takes
    standardised features (images: scaled to 0..1) and gives probabilities: (batch, n_classes)
    after a softmax, or (batch, 1) after a sigmoid when there are two classes. ``parameters``
    lists what a user may set, with the default values.

    ``defaults`` are settings of ``framework.RunConfig`` that suit its training, where neither the
    user nor the dataset says otherwise: the optimizer, the learning rate, how long, the augmentation
    of pictures ``{"augment": {"rotation": 0.2}}``.
    """

    name: str
    build: Callable[..., Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class EstimatorSpec:
    """A classifier of scikit-learn's kind by name, for tables.

    Parameters
    ----------
    name : str
        Lower-case letters, digits, underscores.
    build : function
        Called as ``build(shape, **parameters)``, shape a ``TableShape``: the sizes of the table that it is
        fitted on. Returns an unfitted classifier with ``fit``, ``predict_proba`` and ``classes_``. It gets
        features as they are (n, d) in float64, so what it wants done to them goes into a pipeline, which
        is fitted in every fold anew; and class indices.
    parameters : mapping
        What a user may set, with the default values.
    settings : sequence of mappings, or function of a TableShape that returns them
        What ``--strategy auto`` tries, values of ``parameters``; the one of least log loss is used
        (default: the defaults alone).
    staged : str, optional
        The parameter that counts rounds, if ``staged_predict_proba`` tells what came of each: settings
        that differ in it alone are then fitted once.
    in_folds : mapping
        Parameters of those that are fitted in validation: fewer trees, say.
    trusted : sequence of str
        Full names of classes, other than scikit-learn's, that a saved one is made of.
    most_cases : int, optional
        Up to how many training cases auto tries it.
    description : str
        One line.
    """

    name: str
    build: Callable[..., Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    settings: Sequence[Mapping[str, Any]] | Callable[[TableShape], Any] = ({},)
    staged: str | None = None
    in_folds: Mapping[str, Any] = field(default_factory=dict)
    trusted: tuple[str, ...] = ()
    most_cases: int | None = None
    description: str = ""

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "trusted", tuple(self.trusted))

    def tried(self, shape: TableShape) -> list[Mapping[str, Any]]:
        """The settings for a table of this ``shape``."""
        return list(self.settings(shape) if callable(self.settings) else self.settings)


@dataclass(frozen=True)
class TableShape:
    """Sizes of a table: n cases of d features, in N classes."""

    cases: int
    features: int
    classes: int


@dataclass(frozen=True)
class LossSpec:
    """A loss by name: ``function(y_true, y_pred, cost_rows) -> (batch,)``.

    See ``framework.core.losses`` for the arguments. Import Keras inside the function, so that
    listing losses does not import TensorFlow.

    ``warm_up`` is the share of the epochs that are spent on plain cross-entropy first.

    ``estimates`` says what the outputs come to in the limit of many cases, and thereby which
    decision rule they are for:

    - ``"probabilities"`` of the classes: the decision of least expected cost;
    - ``"decision"``: a one at the decision of least expected cost: argmax;
    - ``"weighted probabilities"``: proportional to class probability times mean cost of a row;
    - ``"tilted probabilities"``: see ``framework.core.losses.cross_entropy_plus_cost``;
    - None, unknown.

    The last three become probabilities by calibration. ``framework.check_loss``
    finds out whether what is claimed is so.
    """

    name: str
    function: Callable[..., Any]
    warm_up: float = 0.0
    description: str = ""
    estimates: Estimates | None = None

    def __post_init__(self) -> None:
        _check(self)
        if not 0 <= self.warm_up < 1:
            raise PluginError(
                f'loss "{self.name}": expected a warm_up share from 0 to below 1, '
                f"received {self.warm_up!r}"
            )
        if self.estimates not in (None, *get_args(Estimates)):
            raise PluginError(
                f'loss "{self.name}": expected as what it estimates one of '
                f"{', '.join(get_args(Estimates))}, received {self.estimates!r}"
            )


@dataclass(frozen=True)
class DecisionRuleSpec:
    """A decision rule by name: ``function(probabilities, costs, **parameters) -> decisions (n,)``.

    ``probabilities`` are (n, N); ``costs`` dollars (N, M), or (n, N, M) where they depend on the
    case: rows the truth, columns the M decisions, which are the N classes and, where the matrix
    prices it, "refer" at the end. Decisions are indices of columns. ``parameters`` lists what the
    rule takes, with the default values. A rule that never ``refers`` decides for none but the N
    classes, whatever the matrix says that referring a case costs.

    Where the matrix names actions, the columns are these. A rule that never ``refers`` is then given
    (N, N): what it costs to act as if each class were true, by the best action for that class; for
    the class it decides that action is taken.

    ``of_ranges``, where costs may be ranges: a function from a ``CostMatrix`` to the function that decides
    by it, in place of ``function``.
    """

    name: str
    function: Callable[..., Any]
    parameters: Mapping[str, float] = field(default_factory=dict)
    binary_only: bool = False
    description: str = ""
    refers: bool = True
    of_ranges: Callable[[CostMatrix], Callable[..., Any]] | None = None

    def __post_init__(self) -> None:
        _check(self)

    def knowing(self, matrix: CostMatrix) -> DecisionRuleSpec:
        """This rule for decisions by ``matrix``: one that goes by ranges is given them."""
        if self.of_ranges is None or not matrix.ranges:
            return self
        return replace(self, function=self.of_ranges(matrix))


Spec = DatasetSpec | ModelSpec | EstimatorSpec | LossSpec | DecisionRuleSpec


def _check(spec: Spec) -> None:
    kind = type(spec).__name__
    if not isinstance(spec.name, str) or not _NAME.fullmatch(spec.name):
        raise PluginError(
            f"{kind}: expected a name of lower-case letters, digits and underscores, "
            f"received {spec.name!r}"
        )
    for attribute in ("load", "build", "function"):
        value = getattr(spec, attribute, None)
        if hasattr(spec, attribute) and not callable(value):
            raise PluginError(
                f'{kind} "{spec.name}": expected a function as "{attribute}", received {value!r}'
            )
