"""Makes reference-sklearn.json beside it: what scikit-learn 1.2.1 computes of predictions that a formula gives.

MetricReferenceTests repeats the formulas, so that no predictions have to be kept. Run: python3 reference-sklearn.py
"""
import json
import os

import numpy
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.cluster import KMeans

ROWS = 2000


def mixed(row, factor, modulus):
    """A whole number from 0 to modulus - 1 that looks random."""
    return row * factor % modulus


def binary(levels, weighted):
    row = numpy.arange(ROWS)
    # Both are below 2**53, so quotients are the same in every language.
    probability = (mixed(row, 7919, levels) + 0.5) / (levels + 1)
    actual = (mixed(row, 104729, 1009) / 1009 < 0.2 + 0.6 * probability).astype(int)
    weight = weights_of(row) if weighted else None
    predicted = (probability > 0.5).astype(int)
    prob_true, prob_pred = calibration_curve(actual, probability, n_bins=10, strategy="uniform")
    precision, recall, f1, support = metrics.precision_recall_fscore_support(actual, predicted, sample_weight=weight)
    return {
        "levels": levels,
        "weighted": weighted,
        "overall": {
            "accuracy": metrics.accuracy_score(actual, predicted, sample_weight=weight),
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted, sample_weight=weight),
            "log_loss": metrics.log_loss(actual, probability, sample_weight=weight),
            "roc_auc": metrics.roc_auc_score(actual, probability, sample_weight=weight),
            "average_precision": metrics.average_precision_score(actual, probability, sample_weight=weight),
            "brier_score_loss": metrics.brier_score_loss(actual, probability, sample_weight=weight),
        },
        "by_class": classes(precision, recall, f1, support),
        "confusion_matrix": metrics.confusion_matrix(actual, predicted, sample_weight=weight).ravel().tolist(),
        # scikit-learn's curve knows no weights.
        "calibration_curve": None if weighted else {"prob_pred": prob_pred.tolist(), "prob_true": prob_true.tolist()},
    }


def multiclass(weighted):
    row = numpy.arange(ROWS)
    raw = numpy.stack([mixed(row, f, 101) + 1.0 for f in (7919, 104729, 15485863)], axis=1)
    probability = raw / raw.sum(axis=1, keepdims=True)
    draw = mixed(row, 1299709, 1013) / 1013
    actual = (draw > probability[:, 0]).astype(int) + (draw > probability[:, 0] + probability[:, 1])
    actual[mixed(row, 31, 7) == 0] = 2
    weight = weights_of(row) if weighted else None
    predicted = probability.argmax(axis=1)
    out = {}
    for average in ("macro", "weighted"):
        values = metrics.precision_recall_fscore_support(actual, predicted, average=average, sample_weight=weight)
        for name, value in zip(("precision", "recall", "f1"), values):
            out[f"{name}_{average}"] = value

    one_hot = numpy.eye(3)[actual]
    precision, recall, f1, support = metrics.precision_recall_fscore_support(actual, predicted, sample_weight=weight)
    return {
        "weighted": weighted,
        "overall": {
            "accuracy": metrics.accuracy_score(actual, predicted, sample_weight=weight),
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted, sample_weight=weight),
            "log_loss": metrics.log_loss(actual, probability, sample_weight=weight),
            "roc_auc": metrics.roc_auc_score(actual, probability, multi_class="ovr", average="macro", sample_weight=weight),
            "average_precision": metrics.average_precision_score(one_hot, probability, average="macro", sample_weight=weight),
            "brier_score_loss": sum(metrics.brier_score_loss(one_hot[:, c], probability[:, c], sample_weight=weight) for c in range(3)),
            **out,
        },
        "by_class": classes(precision, recall, f1, support),
        "confusion_matrix": metrics.confusion_matrix(actual, predicted, sample_weight=weight).ravel().tolist(),
    }


def regression(weighted, shift):
    row = numpy.arange(ROWS)
    actual = mixed(row, 7919, 2003) / 64 - 5 + shift
    predicted = actual + mixed(row, 104729, 1009) / 256 - 1.5
    weight = weights_of(row) if weighted else None
    return {
        "weighted": weighted,
        "shift": shift,
        "overall": {
            "r2": metrics.r2_score(actual, predicted, sample_weight=weight),
            "rmse": metrics.mean_squared_error(actual, predicted, sample_weight=weight) ** 0.5,
            "mae": metrics.mean_absolute_error(actual, predicted, sample_weight=weight),
            "mape": metrics.mean_absolute_percentage_error(actual, predicted, sample_weight=weight),
            "mean_pinball_loss": metrics.mean_pinball_loss(actual, predicted, alpha=0.9, sample_weight=weight),
            "explained_variance": metrics.explained_variance_score(actual, predicted, sample_weight=weight),
            "max_error": metrics.max_error(actual[weight > 0], predicted[weight > 0]) if weighted else metrics.max_error(actual, predicted),
        },
    }


def clustering(weighted):
    row = numpy.arange(ROWS)
    x = numpy.stack([mixed(row, f, 251) / 32 + row % 3 * s for f, s in ((7919, 4), (104729, -3), (1299709, 1))], axis=1)
    weight = weights_of(row) if weighted else None
    fitted = KMeans(n_clusters=4, n_init=1, random_state=0, tol=0, max_iter=1000).fit(x, sample_weight=weight)
    distance = numpy.sqrt(((x[:, None, :] - fitted.cluster_centers_[None]) ** 2).sum(axis=2))
    nearest = numpy.sort(distance, axis=1)
    return {
        "weighted": weighted,
        "cluster_centers": fitted.cluster_centers_.ravel().tolist(),
        "overall": {
            "inertia": float(numpy.average(nearest[:, 0] ** 2, weights=weight) * (weight.sum() if weighted else ROWS)),
            # scikit-learn has no simplified silhouette: numpy, by its formula.
            "simplified_silhouette": float(numpy.average((nearest[:, 1] - nearest[:, 0]) / nearest[:, 1], weights=weight)),
            # ... and no weights in its davies_bouldin_score.
            **({} if weighted else {"davies_bouldin_score": metrics.davies_bouldin_score(x, fitted.labels_)}),
        },
    }


def weights_of(row):
    return row % 4 * 0.5


def classes(*scores):
    return {name: values.tolist() for name, values in zip(("precision", "recall", "f1", "support"), scores)}


result = {
    "tool": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, float64",
    "settings": "defaults, but: calibration_curve n_bins=10 strategy=uniform; roc_auc_score multi_class=ovr average=macro; "
    "mean_pinball_loss alpha=0.9; brier_score_loss of three classes is the sum over the classes; max_error of rows with weight",
    "rows": ROWS,
    "binary": [binary(levels, weighted) for levels in (50, 10007) for weighted in (False, True)],
    "multiclass": [multiclass(weighted) for weighted in (False, True)],
    "regression": [regression(weighted, shift) for weighted, shift in ((False, 0), (True, 0), (False, 1 << 24))],
    "clustering": [clustering(weighted) for weighted in (False, True)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference-sklearn.json"), "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
