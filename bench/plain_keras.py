"""What a person would write without the framework: the same three models with Keras's own fit.

Run by bench/whole_run.py, which times the whole process.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import confusion_matrix, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
y = 1 - y
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
values = np.array([[0, -0.0128767], [-2.52, -0.3528]]) * 100_000


def cost_loss(fn_cost, fp_cost):
    def loss(y_true, p):
        y_true = keras.ops.cast(y_true, p.dtype)
        return keras.ops.mean(y_true * abs(1 - p) * fn_cost + (1 - y_true) * abs(p) * fp_cost)

    return loss


for name, loss in [
    ("built-in", "binary_crossentropy"),
    ("5:1", cost_loss(5, 1)),
    ("medical", cost_loss(200, 1)),
]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.01), loss)
    model.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0)
    p = model.predict(X_test, verbose=0)[:, 0]
    counts = confusion_matrix(y_test, p >= 0.5)
    dollars = (counts * values).sum() / len(y_test)
    print(name, counts.tolist(), round(dollars, 2), round(roc_auc_score(y_test, p), 3))
