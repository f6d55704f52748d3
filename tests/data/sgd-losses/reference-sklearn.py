"""Every loss of the SGD estimators at its optimum, on real sets: scikit-learn 1.2.1, numpy 1.24.2, scipy 1.10.1.

Usage: python3 reference-sklearn.py FOLDER > reference-sklearn.json; FOLDER holds the sets as <set>.csv, all columns, in file order.
Test rows are those with row % 5 == 4; features are standardised on the training rows. What is minimised is the mean loss plus
|w|^2 / (2 rows), the intercept left out, which is C = 1 of LinearSVC; by scipy's L-BFGS-B where nothing else is said. Losses are
means over the test rows.
"""
import json, sys, warnings
import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import Perceptron, QuantileRegressor, SGDClassifier
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
folder = sys.argv[1]


def load(name, target):
    reference = json.load(open(f"{__file__.rsplit('/', 2)[0]}/{name}/reference-sklearn.json"))
    columns = open(f"{folder}/{name}.csv").readline().strip().split(",")
    use = [columns.index(c) for c in reference["features"] + [target]]
    numbers = {"true": 1.0, "false": 0.0}
    rows = np.genfromtxt(f"{folder}/{name}.csv", delimiter=",", skip_header=1, usecols=use, dtype=str)
    rows = np.vectorize(lambda v: numbers.get(v, v))(rows).astype(float)
    x, y, test = rows[:, :-1], rows[:, -1], np.arange(len(rows)) % 5 == 4
    scaler = StandardScaler().fit(x[~test])
    return scaler.transform(x[~test]), y[~test], scaler.transform(x[test]), y[test]


def minimise(loss, slope, x, y, unit, start):
    """The optimum of mean loss(output, y) + |w|^2 / (2 rows), by L-BFGS on weights in multiples of a unit; the intercept comes last."""
    n, a = len(x), np.c_[x, np.ones(len(x))]

    def goal(v):
        w = v * unit
        g = a.T @ slope(a @ w, y) / n
        g[:-1] += w[:-1] / n
        value = loss(a @ w, y).mean() + w[:-1] @ w[:-1] / (2 * n)
        return value / unit, g

    w = np.r_[np.zeros(x.shape[1]), start]
    return minimize(goal, w / unit, jac=True, method="L-BFGS-B", options=dict(maxiter=600, ftol=1e-11, gtol=1e-8)).x * unit


def rise(u, width):
    return np.maximum(u, 0) + width * np.log1p(np.exp(-np.abs(u) / width))


def rise_slope(u, width):
    return 0.5 * (1 + np.tanh(u / (2 * width)))


# Kinks are rounded (by a logistic curve) for the minimisation, within a hundredth of a margin; losses on test rows are exact.
margin_losses = {
    "hinge": (lambda o, s: rise(1 - s * o, 0.01), lambda o, s: -s * rise_slope(1 - s * o, 0.01), lambda m: np.maximum(0, 1 - m)),
    "squared_hinge": (lambda o, s: np.maximum(0, 1 - s * o) ** 2, lambda o, s: -2 * s * np.maximum(0, 1 - s * o), lambda m: np.maximum(0, 1 - m) ** 2),
    "modified_huber": (
        lambda o, s: np.where(s * o >= -1, np.maximum(0, 1 - s * o) ** 2, -4 * s * o),
        lambda o, s: -2 * s * np.clip(1 - s * o, 0, 2),
        lambda m: np.where(m >= -1, np.maximum(0, 1 - m) ** 2, -4 * m)),
}


def classifiers(name, target):
    x, y, xt, yt = load(name, target)
    found = {"set": name, "target": target, "rows": len(x)}
    for kind, (loss, slope, exact) in margin_losses.items():
        w = minimise(loss, slope, x, 2 * y - 1, 1, 0)
        output = xt @ w[:-1] + w[-1]
        found[kind] = {"loss_test": float(exact((2 * yt - 1) * output).mean()), "accuracy_test": float(np.mean((output > 0) == yt))}
    return found | perceptron(x, y, xt, yt)


def perceptron(x, y, xt, yt):
    accuracies = [float(np.mean(Perceptron(random_state=s).fit(x, y).predict(xt) == yt)) for s in range(5)]
    return {"perceptron": {"settings": "Perceptron(random_state=0..4)", "accuracy_test": accuracies}}


def many_classes(name, target):
    """More classes and rows than L-BFGS has the patience for: averaged descent, whose losses are not quite those of the optimum."""
    x, y, xt, yt = load(name, target)
    found = {"set": name, "target": target, "rows": len(x)}
    for loss in margin_losses:
        model = SGDClassifier(loss=loss, alpha=1 / len(x), max_iter=100, tol=None, average=20 * len(x), random_state=0).fit(x, y)
        found[loss] = {"settings": "SGDClassifier(alpha=1/rows, max_iter=100, tol=None, average=20*rows, random_state=0)",
                       "accuracy_test": float(np.mean(model.predict(xt) == yt))}
    return found | perceptron(x, y, xt, yt)


def error_losses(epsilon, width):
    return {
        "huber": (lambda e: np.where(np.abs(e) <= epsilon, e * e / 2, epsilon * (np.abs(e) - epsilon / 2)), lambda e: np.clip(e, -epsilon, epsilon), None),
        "squared_epsilon_insensitive": (lambda e: np.maximum(0, np.abs(e) - epsilon) ** 2, lambda e: 2 * np.sign(e) * np.maximum(0, np.abs(e) - epsilon), None),
        "epsilon_insensitive": (
            lambda e: rise(e - epsilon, width) + rise(-e - epsilon, width),
            lambda e: rise_slope(e - epsilon, width) - rise_slope(-e - epsilon, width),
            lambda e: np.maximum(0, np.abs(e) - epsilon)),
    }


def regressors(name, target, epsilons):
    x, y, xt, yt = load(name, target)
    found = {"set": name, "target": target, "rows": len(x), "quantile": []}
    for quantile in (0.1, 0.5, 0.9):
        # The optimum without a penalty, which one of 1 / rows is as good as.
        model = QuantileRegressor(quantile=quantile, alpha=0, solver="highs").fit(x, y)
        e = yt - model.predict(xt)
        found["quantile"].append({"quantile": quantile, "settings": "QuantileRegressor(alpha=0, solver='highs')",
                                  "loss_test": float(np.mean(np.maximum(quantile * e, (quantile - 1) * e)))})
    for epsilon in epsilons:
        for kind, (loss, slope, exact) in error_losses(epsilon, 0.01 * y.std()).items():
            w = minimise(lambda o, t: loss(o - t), lambda o, t: slope(o - t), x, y, y.std(), y.mean())
            found.setdefault(kind, []).append({"epsilon": epsilon, "loss_test": float((exact or loss)(xt @ w[:-1] + w[-1] - yt).mean())})
    return found


print(json.dumps({
    "tool": "scikit-learn 1.2.1, numpy 1.24.2, scipy 1.10.1; reference-sklearn.py",
    "classification": [classifiers("electricity", "class"), classifiers("credit-default", "Default"), many_classes("covertype-ramp", "Cover_Type")],
    "regression": [regressors("protein", "target", (0.1, 0.5)), regressors("bike-sharing", "cnt", (0.1, 50.0))],
}, indent=1))
