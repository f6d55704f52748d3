"""Writes reference-sklearn.json: SGDClassifier and SGDRegressor of scikit-learn 1.2.1, rows in order, every loss x penalty x schedule."""
import json
import warnings

import numpy as np
from sklearn.linear_model import SGDClassifier, SGDRegressor

warnings.filterwarnings("ignore")


def u(i, j):
    """As in Sample.cs."""
    mask = (1 << 64) - 1
    z = (i * 1000 + j + 1) & mask
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
    return ((z ^ z >> 31) >> 40) / 16777216.0 - 0.5


x = np.array([[u(i, j) for j in range(5)] for i in range(200)])
f = x * np.array([1, 2, 4, 8, 16])
noise = np.array([u(i, 500) for i in range(200)])
numbers = 3 * f[:, 0] - 2 * f[:, 1] + 0.5 * f[:, 2] - 0.25 * f[:, 3] + 10 + noise
two = (f[:, 0] + f[:, 1] - 0.5 * f[:, 2] + 0.1 * f[:, 4] + noise > 0.1).astype(int)
three = np.where(f[:, 0] + f[:, 1] + noise > 0.4, 2, np.where(f[:, 2] > 0.5, 1, 0))
weights = np.array([u(i, 501) + 1 for i in range(200)])

fits = []


def fit(kind, target, loss, penalty, schedule, **more):
    adaptive = schedule == "adaptive"
    settings = dict(loss=loss, penalty=penalty, learning_rate=schedule, alpha=0.01, eta0=0.05)
    rest = dict(shuffle=False, tol=0.01 if adaptive else None, max_iter=40 if adaptive else 3, n_iter_no_change=2)
    model = (SGDRegressor if kind == "regressor" else SGDClassifier)(
        **{k: None if v == "none" else v for k, v in settings.items()}, **rest, **more)
    y = {"numbers": numbers, "two": two, "three": three}[target]
    # The losses by which adaptive steps shrink are not weighted there, and are here.
    model.fit(x, y, sample_weight=None if adaptive else weights)
    fits.append(dict(
        estimator=kind, target=target, **settings, weights=not adaptive, epochs=rest["max_iter"], tol=rest["tol"], **more, n_iter=model.n_iter_,
        coef=model.coef_.ravel().tolist(), intercept=model.intercept_.tolist()))


for penalty in ["l2", "l1", "elasticnet", "none"]:
    for schedule in ["constant", "optimal", "invscaling", "adaptive"]:
        for loss in ["log_loss", "hinge", "squared_hinge", "modified_huber", "perceptron"]:
            fit("classifier", "two", loss, penalty, schedule)
            if schedule != "adaptive":
                fit("classifier", "three", loss, penalty, schedule)
        for loss in ["squared_error", "huber", "epsilon_insensitive", "squared_epsilon_insensitive"]:
            # The first steps of "optimal" are so long that this one runs away.
            if (loss, schedule) != ("squared_epsilon_insensitive", "optimal"):
                fit("regressor", "numbers", loss, penalty, schedule)

fit("classifier", "two", "hinge", "l2", "optimal", class_weight="balanced")
fit("classifier", "three", "modified_huber", "l2", "constant", class_weight="balanced")
fit("classifier", "two", "hinge", "l2", "adaptive", average=True)

with open("reference-sklearn.json", "w") as file:
    json.dump(dict(
        tool="scikit-learn 1.2.1, numpy 1.24.2, float64",
        settings="reference-sklearn.py: unit features of Sample.cs with their weights (if any), shuffle=False, n_iter_no_change=2",
        fits=fits), file, separators=(",", ":"))
print(len(fits), sorted({f["n_iter"] for f in fits}))
