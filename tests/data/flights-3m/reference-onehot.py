"""Makes reference-onehot.json beside it: scikit-learn 1.2.1 on flights with one-hot airports.

Rows of samples/data/flights/2001-01.parquet: those to train on have row % 8 == 0, those to test on row % 16 == 4; both as CSV with the columns
distance, minute_of_day, day_of_week, day_of_year, origin, destination, late. Run: python3 reference-onehot.py train.csv test.csv
"""
import json
import os
import sys

import pandas
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["distance", "minute_of_day", "day_of_week", "day_of_year"]
train, test = (pandas.read_csv(path) for path in sys.argv[1:3])
result = {"tool": f"scikit-learn {sklearn.__version__}, float64", "n_train": len(train), "n_test": len(test)}
for name, parameters in {"all": {}, "max_categories_30": {"max_categories": 30, "handle_unknown": "infrequent_if_exist"}}.items():
    encoder = OneHotEncoder(**{"handle_unknown": "ignore", **parameters})
    # Not centred, so that the matrix stays sparse: that moves the intercept only, which is not penalised.
    chain = make_pipeline(
        ColumnTransformer([("numbers", "passthrough", NUMBERS), ("airports", encoder, ["origin", "destination"])], sparse_threshold=1),
        StandardScaler(with_mean=False),
        LogisticRegression(C=1.0, solver="newton-cg", tol=1e-9, max_iter=20000),
    )
    chain.fit(train.drop(columns="late"), train["late"])
    p = chain.predict_proba(test.drop(columns="late"))[:, 1]
    result[name] = {
        "settings": f"ColumnTransformer(numbers as they are, OneHotEncoder({encoder.get_params()['handle_unknown']!r}, {parameters})), StandardScaler(with_mean=False), "
        f"{chain[-1]}",
        "n_features": int(chain[-1].coef_.shape[1]),
        "n_iter": int(chain[-1].n_iter_[0]),
        "log_loss_test": log_loss(test["late"], p),
        "accuracy_test": accuracy_score(test["late"], p > 0.5),
        "auc_test": roc_auc_score(test["late"], p),
    }

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference-onehot.json"), "w") as file:
    json.dump(result, file, indent=1)
