"""Makes reference-wide.json beside it: logistic regression of more features than there are second derivatives for, by scikit-learn 1.2.1.

The rows are those of LogisticWideTests, which repeats the formulas. newton-cg goes to the optimum, where lbfgs stops as soon as the objective
falls by less than 2e-9 of itself; 'gradient' says how near it came. Run: python3 reference-wide.py
"""
import json
import os

import numpy
import sklearn
from sklearn.linear_model import LogisticRegression

ROWS, FEATURES, C = 1200, 784, 0.1
M = (1 << 64) - 1


def u(row, column):
    """Sample.U: SplitMix64's finaliser of the key."""
    z = (row * 1000 + column + 1) & M
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return ((z ^ (z >> 31)) >> 40) / 16777216.0 - 0.5


def short(value):
    """In steps of 1/1024, so that sums are exact in single precision."""
    return numpy.floor(value * 1024) / 1024


def fit(x, y):
    model = LogisticRegression(solver="newton-cg", C=C, tol=1e-12, max_iter=1000).fit(x, y)
    classes = len(model.classes_)
    score = model.decision_function(x)
    if classes == 2:
        rest = (1 / (1 + numpy.exp(-score)) - y)[:, None]
    else:
        e = numpy.exp(score - score.max(axis=1, keepdims=True))
        rest = e / e.sum(axis=1, keepdims=True) - numpy.eye(classes)[y]
    return {
        "classes": classes,
        "gradient": float(numpy.abs(C * rest.T @ x + model.coef_).max()),
        "n_iter": int(model.n_iter_.max()),
        "coef": [float(f"{v:.9g}") for v in model.coef_.ravel()],
        "intercept": [float(f"{v:.9g}") for v in model.intercept_],
    }


noise = numpy.array([[u(i, j) for j in range(900)] for i in range(ROWS)])
features = numpy.array([[short(noise[i, j]) + 2 * short(noise[i, 800 + j % 8]) for j in range(FEATURES)] for i in range(ROWS)])
score = features[:, :40] @ numpy.array([3 * u(j, 990) for j in range(40)]) + 2 * noise[:, 890]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference-wide.json"), "w") as file:
    json.dump(
        {
            "tool": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, float64",
            "settings": f"LogisticRegression(solver='newton-cg', C={C}, tol=1e-12, max_iter=1000)",
            "fits": [fit(features, (score > 0).astype(int)), fit(features, (score > -1).astype(int) + (score > 1))],
        },
        file)
    file.write("\n")
