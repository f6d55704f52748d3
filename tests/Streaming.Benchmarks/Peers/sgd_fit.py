"""Times SGDClassifier.partial_fit over rows that are in memory already, and prints what it found as a line of JSON.

Arguments: features, rows, passes, a file of float32 rows and one of float64 classes (0 and 1). Every setting makes one epoch from weights of
zero, in the order of the rows; its quickest pass counts. The last setting is the constant step of a coarse grid whose coefficients have the least loss.
"""
import json
import sys
import time

import numpy
import sklearn
from sklearn.linear_model import SGDClassifier

GRID = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)

features, rows, passes = (int(a) for a in sys.argv[1:4])

# In float64, which it would copy float32 to: its best case.
x = numpy.fromfile(sys.argv[4], dtype="float32").reshape(rows, features).astype("float64")
y = numpy.fromfile(sys.argv[5])
classes = numpy.array([0.0, 1.0])


def fit(repeats, **settings):
    seconds = float("inf")
    for _ in range(repeats):
        model = SGDClassifier(loss="log_loss", shuffle=False, **settings)
        before = time.perf_counter()
        model.partial_fit(x, y, classes)
        seconds = min(seconds, time.perf_counter() - before)
    return seconds, model


def loss(model):
    margin = (2 * y - 1) * (x @ model.coef_[0] + model.intercept_[0])
    return numpy.logaddexp(0, -margin).mean()


best = min(GRID, key=lambda eta0: loss(fit(1, learning_rate="constant", eta0=eta0)[1]))
fits = [fit(passes, **settings) for settings in (
    {"learning_rate": "constant", "eta0": 0.01}, {"learning_rate": "optimal"}, {"learning_rate": "constant", "eta0": best})]
print(json.dumps({
    "seconds": [seconds for seconds, _ in fits],
    "coefficients": [[*model.coef_[0], model.intercept_[0]] for _, model in fits],
    "losses": [loss(model) for _, model in fits],
    "best": best,
    "remark": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, Python {sys.version.split()[0]}",
}))
