"""Makes reference-sklearn.json beside it: what scikit-learn 1.2.1 learns in closed form on its own data sets.

The rows are those of the Parquet files of the same names (tests/data/README.md). Run: python3 reference-sklearn.py
"""
import json
import os

import numpy
import sklearn
from sklearn import datasets, metrics
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.naive_bayes import GaussianNB, MultinomialNB


def scores(model, x, y):
    return {
        "accuracy": model.score(x, y),
        "log_loss": metrics.log_loss(y, model.predict_proba(x)),
    }


def gaussian(x, y, **parameters):
    model = GaussianNB(**parameters).fit(x, y)
    return {
        "theta": model.theta_.ravel().tolist(),
        "var": model.var_.ravel().tolist(),
        "class_prior": model.class_prior_.tolist(),
        "class_count": model.class_count_.tolist(),
        "epsilon": model.epsilon_,
        **scores(model, x, y),
    }


def multinomial(x, y, **parameters):
    model = MultinomialNB(**parameters).fit(x, y)
    return {
        "feature_count": model.feature_count_.ravel().tolist(),
        "feature_log_prob": model.feature_log_prob_.ravel().tolist(),
        "class_log_prior": model.class_log_prior_.tolist(),
        "class_count": model.class_count_.tolist(),
        **scores(model, x, y),
    }


def discriminant(x, y, **parameters):
    model = LinearDiscriminantAnalysis(**parameters).fit(x, y)
    return {
        "coef": model.coef_.ravel().tolist(),
        "intercept": model.intercept_.tolist(),
        "means": model.means_.ravel().tolist(),
        "priors": model.priors_.tolist(),
        "xbar": model.xbar_.tolist(),
        "scalings": model.scalings_.ravel().tolist(),
        "explained_variance_ratio": model.explained_variance_ratio_.tolist(),
        **scores(model, x, y),
    }


def learned(load):
    x, y = load(return_X_y=True)
    uneven = (numpy.arange(1, y.max() + 2) / (y.max() + 1) / (y.max() + 2) * 2).tolist()
    return {
        "uneven_priors": uneven,
        "gaussian_nb": gaussian(x, y),
        "gaussian_nb_uneven": gaussian(x, y, priors=uneven, var_smoothing=1e-3),
        "multinomial_nb": multinomial(x, y),
        "multinomial_nb_alike": multinomial(x, y, alpha=0.1, fit_prior=False),
        "linear_discriminant_analysis": discriminant(x, y),
        "linear_discriminant_analysis_uneven": discriminant(x, y, priors=uneven),
    }


result = {
    "tool": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, float64",
    "settings": "all rows, features as they are, defaults, but: *_uneven priors=uneven_priors, and var_smoothing=1e-3; "
    "multinomial_nb_alike alpha=0.1 fit_prior=False; scores are those on the training rows",
    **{
        name: learned(getattr(datasets, "load_" + name.replace("-", "_")))
        for name in ("breast-cancer", "digits", "iris", "wine")
    },
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference-sklearn.json"), "w") as file:
    json.dump(result, file)
    file.write("\n")
