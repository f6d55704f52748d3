"""Fits one of scikit-learn's estimators by partial_fit and prints the outcome as a line of JSON.

Arguments: estimator, source (memory or csv), folder of the data, centres or components, fits.
In memory the arrays are loaded before the clock starts, in the precision in which the estimator is quickest: scikit-learn's best case.
"""
import json
import os
import resource
import sys
import time

import numpy
import sklearn
import threadpoolctl
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import IncrementalPCA
from sklearn.linear_model import SGDClassifier, SGDRegressor

CSV_ROWS = 65536
MOST_SECONDS = 20

name, source, folder, count, fits = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])

# Rows per partial_fit: large where it makes no difference to the result, for the others what was quickest of 1024 to 65536.
estimators = {
    "SGDClassifier": (lambda: SGDClassifier(loss="log_loss", random_state=0), 65536, "float64", "label"),
    "SGDClassifier(eta0=0.001)": (
        lambda: SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.001, random_state=0), 65536, "float64", "label"),
    "SGDRegressor": (lambda: SGDRegressor(random_state=0), 65536, "float64", "y"),
    "MiniBatchKMeans": (lambda: MiniBatchKMeans(count, random_state=0, n_init=3, compute_labels=False), 4096, "float32", None),
    "IncrementalPCA": (lambda: IncrementalPCA(count), 4096, "float32", None),
}
create, batch, precision, target = estimators[name]


def in_memory():
    x = numpy.load(os.path.join(folder, f"x_{precision}.npy"))
    y = numpy.load(os.path.join(folder, f"{target}.npy")) if target else None

    def chunks():
        yield x, y

    return chunks


def from_csv():
    import pandas

    def chunks():
        for frame in pandas.read_csv(os.path.join(folder, "train.csv"), chunksize=CSV_ROWS):
            x = frame.drop(columns=["label", "y"]).to_numpy(precision)
            yield x, frame[target].to_numpy("float64") if target else None

    return chunks


def fit(chunks):
    model = create()
    for x, y in chunks():
        # Less than k rows, or than components, can't be fitted alone: the last rows go with those before.
        starts = list(range(0, max(len(x) - count, 1), batch))
        for start, end in zip(starts, starts[1:] + [len(x)]):
            if target is None:
                model.partial_fit(x[start:end])
            elif target == "label":
                model.partial_fit(x[start:end], y[start:end], classes=[0, 1])
            else:
                model.partial_fit(x[start:end], y[start:end])
    return model


chunks = in_memory() if source == "memory" else from_csv()
seconds, processor = [], []
began = time.perf_counter()
while len(seconds) < fits and time.perf_counter() - began < MOST_SECONDS:
    before = time.perf_counter(), time.process_time()
    model = fit(chunks)
    seconds.append(time.perf_counter() - before[0])
    processor.append(time.process_time() - before[1])

weights = next(getattr(model, a) for a in ("coef_", "cluster_centers_", "components_") if hasattr(model, a))
blas = [f"{p['internal_api']} {p['version']} {p.get('architecture')}, {p['num_threads']} threads" for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
print(json.dumps({
    "seconds": seconds,
    "processor": processor,
    "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "weights": numpy.asarray(weights, "float64").ravel().tolist(),
    "intercept": float(numpy.ravel(model.intercept_)[0]) if hasattr(model, "intercept_") else 0,
    "remark": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, {' and '.join(blas) or 'no OpenBLAS'}, Python {sys.version.split()[0]}",
}))
