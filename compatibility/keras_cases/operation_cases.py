"""Makers of cases for every operation of keras.ops."""

import linear_cases
import nn_cases
import numpy_cases
from register import Makers

MAKERS = Makers()
for makers in (numpy_cases.MAKERS, nn_cases.MAKERS, linear_cases.MAKERS):
    MAKERS.update(makers)

CODE = "carries a Python function"
VALUE = "makes a value without an input; it is a constant in a model"
REASONS = {
    "associative_scan": CODE,
    "cond": CODE,
    "custom_gradient": CODE,
    "fori_loop": CODE,
    "jvp": CODE,
    "map": CODE,
    "scan": CODE,
    "switch": CODE,
    "vectorize": CODE,
    "vectorized_map": CODE,
    "while_loop": CODE,
    "arange": VALUE,
    "bartlett": "takes no batch: the length of the window is a value",
    "blackman": "takes no batch: the length of the window is a value",
    "hamming": "takes no batch: the length of the window is a value",
    "hanning": "takes no batch: the length of the window is a value",
    "kaiser": "takes no batch: the length of the window is a value",
    "empty": VALUE,
    "eye": VALUE,
    "full": VALUE,
    "identity": VALUE,
    "ones": VALUE,
    "tri": VALUE,
    "zeros": VALUE,
    "conv_transpose": "Keras 3.15.1 cannot run it in a model: it passes padding and output_padding in each other's place",
    "histogram": "Keras 3.15.1 cannot run it in a model: it looks for a function that its backends do not have",
    "convert_to_numpy": "gives a NumPy array, in Python only",
    "dtype": "gives a word, in Python only",
    "is_tensor": "answers a question, in Python only",
    "ndim": "gives a number, in Python only",
    "shape": "gives a tuple, in Python only",
    "empty_like": "its values are undefined",
    "nonzero": "its size depends on the values, which Keras's shapes cannot say",
}
