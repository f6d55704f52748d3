"""Prints a model's description and arrays as JSON: the safetensors layout by its specification, with numpy and nothing of Streaming.

Where the safetensors package is installed, what it reads must be the same.
"""
import json
import sys

import numpy

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()

metadata = header.pop("__metadata__")
arrays, end = {}, 0
for name, array in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, after = array["data_offsets"]
    assert begin == end, f"{name} begins at {begin}, the array before ends at {end}"
    values = numpy.frombuffer(data[begin:after], {"F64": "<f8", "U8": "u1"}[array["dtype"]])
    arrays[name], end = values.reshape(array["shape"]), after

assert end == len(data), f"arrays end at {end}, the file at {len(data)}"

try:
    from safetensors import safe_open
except ImportError:
    safe_open = None

if safe_open:
    with safe_open(sys.argv[1], framework="numpy") as file:
        assert file.metadata() == metadata
        assert sorted(file.keys()) == sorted(arrays)
        assert all(numpy.array_equal(file.get_tensor(name), arrays[name]) for name in arrays)

print(json.dumps({"about": json.loads(metadata["streaming"]), "arrays": {name: a.tolist() for name, a in arrays.items()}}))
