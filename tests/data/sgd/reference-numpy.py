"""Writes reference-numpy.json: stochastic gradient descent in mini-batches, written out in numpy, rows in order, for every loss and penalty.

A step takes the mean of its rows' weighted gradients; t counts steps; the last mini-batch of an epoch has the rows that are left. Schedules, penalties and
averages are those of scikit-learn's _plain_sgd (1.2.1), whose step is a mini-batch of one row.
"""
import json

import numpy as np

EPOCHS, ALPHA, ETA0, L1_RATIO = 3, 0.01, 0.05, 0.15


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

# Derivatives by the output; s is 1 or -1 for classes, e the error.
CLASSES = {
    "log_loss": lambda o, s: -s / (1 + np.exp(s * o)),
    "hinge": lambda o, s: np.where(s * o < 1, -s, 0),
    "squared_hinge": lambda o, s: -2 * s * np.maximum(1 - s * o, 0),
    "modified_huber": lambda o, s: np.where(s * o < -1, -4 * s, -2 * s * np.maximum(1 - s * o, 0)),
    "perceptron": lambda o, s: np.where(s * o <= 0, -s, 0),
}
ERRORS = {
    "squared_error": lambda e: e,
    "huber": lambda e: np.clip(e, -0.1, 0.1),
    "epsilon_insensitive": lambda e: np.sign(e) * (np.abs(e) > 0.1),
    "squared_epsilon_insensitive": lambda e: 2 * np.sign(e) * np.maximum(np.abs(e) - 0.1, 0),
    "quantile": lambda e: np.where(e > 0, 1 - 0.5, -0.5),
}


def gradient(loss, multi_class, output, y):
    """[rows, outputs]: derivatives of each row's loss by its outputs."""
    if loss in ERRORS:
        return ERRORS[loss](output - y[:, None])
    classes = output.shape[1]
    if classes == 1:
        return CLASSES[loss](output, 2 * y[:, None] - 1)
    own = y[:, None] == np.arange(classes)
    if multi_class == "ovr":
        return CLASSES[loss](output, 2 * own - 1)
    e = np.exp(output - output.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) - own


def pay(w, paid, due):
    """The cumulative L1 penalty of Tsuruoka, Tsujii and Ananiadou."""
    after = np.where(w > 0, np.maximum(0, w - (due + paid)), np.where(w < 0, np.minimum(0, w + (due - paid)), w))
    return after, paid + (after - w)


def fit(batch, y, outputs, loss, penalty, schedule, multi_class, average):
    w, b, paid, due, t = np.zeros((outputs, 5)), np.zeros(outputs), np.zeros((outputs, 5)), 0.0, 0
    w_sum, b_sum = np.zeros_like(w), np.zeros_like(b)
    l1 = {"l1": 1, "elasticnet": L1_RATIO}.get(penalty, 0)
    start = 1 / (np.sqrt(1 / np.sqrt(ALPHA)) * ALPHA)
    for _ in range(EPOCHS):
        for first in range(0, len(x), batch):
            rows = slice(first, min(first + batch, len(x)))
            t += 1
            eta = {"constant": ETA0, "invscaling": ETA0 / t ** 0.5}.get(schedule)
            if schedule == "optimal":
                eta = (0.5 if multi_class == "multinomial" else 1) / (ALPHA * (start + t - 1))
            g = gradient(loss, multi_class, x[rows] @ w.T + b, y[rows]) * weights[rows, None]
            if penalty in ("l2", "elasticnet"):
                w = w * max(0, 1 - (1 - l1) * eta * ALPHA)
            w = w - eta * (g.T @ x[rows]) / len(g)
            b = b - eta * g.mean(axis=0)
            w_sum, b_sum = w_sum + w, b_sum + b
            if l1 > 0:
                due += l1 * eta * ALPHA
                w, paid = pay(w, paid, due)
    return (w_sum / t, b_sum / t) if average else (w, b)


fits = []


def add(batch, target, loss, penalty, schedule, multi_class="auto", average=False):
    y, outputs = {"numbers": (numbers, 1), "two": (two, 1), "three": (three, 3)}[target]
    coef, intercept = fit(batch, y, outputs, loss, penalty, schedule, multi_class, average)
    fits.append(dict(
        estimator="regressor" if target == "numbers" else "classifier", target=target, mini_batch_size=batch, loss=loss, penalty=penalty,
        learning_rate=schedule, multi_class=multi_class, average=average, alpha=ALPHA, eta0=ETA0, power_t=0.5, weights=True, epochs=EPOCHS,
        coef=coef.ravel().tolist(), intercept=intercept.tolist()))


for batch in (7, 64):
    for loss in CLASSES:
        for penalty, schedule in (("l2", "constant"), ("l1", "optimal"), ("elasticnet", "invscaling")):
            add(batch, "two", loss, penalty, schedule)
            add(batch, "three", loss, penalty, schedule, "ovr")
    for penalty, schedule in (("l2", "constant"), ("l1", "optimal"), ("none", "invscaling")):
        add(batch, "three", "log_loss", penalty, schedule, "multinomial")
    for loss in ERRORS:
        for penalty in ("l2", "l1", "elasticnet"):
            add(batch, "numbers", loss, penalty, "constant")
    add(batch, "two", "log_loss", "l2", "constant", average=True)
    add(batch, "numbers", "squared_error", "none", "invscaling", average=True)

with open("reference-numpy.json", "w") as file:
    json.dump(dict(numpy=np.__version__, fits=fits), file)
