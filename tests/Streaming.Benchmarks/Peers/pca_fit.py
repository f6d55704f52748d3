"""Times IncrementalPCA.partial_fit over rows that are in memory already, and prints what it found as a line of JSON.

Arguments: features, components, passes, a file of float32 rows. Each size of batch makes that many passes, as long as they take less than ten
seconds together; the quickest pass of the quickest size counts.
"""
import json
import sys
import time

import numpy
import sklearn
from sklearn.decomposition import IncrementalPCA

features, components, passes = (int(a) for a in sys.argv[1:4])
x = numpy.fromfile(sys.argv[4], dtype="float32").reshape(-1, features)


def fit(batch):
    model = IncrementalPCA(components)
    before = time.perf_counter()
    for start in range(0, len(x), batch):
        if len(x) - start >= components:
            model.partial_fit(x[start:start + batch], check_input=False)
    return time.perf_counter() - before, model


best, model = float("inf"), None

# Five times the features is scikit-learn's own choice.
for batch in (5 * features, 1024, 4096, 16384):
    spent = 0
    for _ in range(passes):
        seconds, found = fit(batch)
        if seconds < best:
            best, model = seconds, found
        spent += seconds
        if spent > 10:
            break

print(json.dumps({
    "seconds": best,
    "components": model.components_.ravel().tolist(),
    "remark": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, Python {sys.version.split()[0]}",
}))
