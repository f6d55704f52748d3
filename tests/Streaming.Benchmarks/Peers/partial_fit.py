"""Times MiniBatchKMeans.partial_fit over rows that are in memory already, and prints seconds of one pass as a line of JSON.

Arguments: features, clusters, rows, passes. Each size of batch makes that many passes; the quickest pass of the quickest size counts.
"""
import json
import sys
import time

import numpy
import sklearn
from sklearn.cluster import MiniBatchKMeans

BATCHES = (1024, 4096, 16384, 65536)

features, clusters, rows, passes = (int(a) for a in sys.argv[1:])
x = numpy.random.default_rng(0).uniform(-1, 1, (rows, features)).astype("float32")


def seconds(batch):
    # Nothing is drawn anew, and no labels are kept: only assigning and moving are timed.
    model = MiniBatchKMeans(clusters, init=x[:clusters], n_init=1, reassignment_ratio=0, compute_labels=False)
    model.partial_fit(x[:batch])
    before = time.perf_counter()
    for start in range(0, rows, batch):
        model.partial_fit(x[start:start + batch])
    return time.perf_counter() - before


print(json.dumps({
    "seconds": min(seconds(batch) for batch in BATCHES if batch <= rows for _ in range(passes)),
    "remark": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, Python {sys.version.split()[0]}",
}))
