"""What another backend of Keras computes of the same cases: where backends differ, Keras itself has several answers."""

import json

import keras
import numpy as np
from arrays import decode, encode
from case import Random
from making import gradient, model_of, predict, randomize, train, write_json


def add_elsewhere(cases, folder, identities):
    """Makes these cases again and adds `elsewhere` to their facts. Gives how many, and what this backend cannot compute."""
    makers = {f"{name}-{index}".replace(".", "_").replace(" ", "_").replace("/", "_"): maker for name, index, maker in cases}
    added, failures = 0, []
    for identity in identities:
        path = folder / f"{identity}.json"
        record = json.loads(path.read_text())
        if identity not in makers or record["backend"] == keras.backend.backend():
            continue
        try:
            record["elsewhere"] = compute(identity, makers[identity], record)
            write_json(path, record)
            added += 1
        except Exception as error:  # noqa: BLE001 - the difference from the first backend stays as it is
            failures.append(f"{identity}: {type(error).__name__}: {str(error).strip()[:150]}")
    return {"added": added, "failures": failures}


def compute(identity, maker, record):
    keras.backend.clear_session()
    random = Random(identity)
    case = maker.make(random)
    model = model_of(case)
    if case.keep_weights:
        raise ValueError("the initial weights are those of the other backend")
    randomize(model, random)
    if any(not np.array_equal(x, decode(known)) for x, known in zip(case.inputs, record["inputs"])):
        raise ValueError("the inputs differ")
    outputs = predict(model, case.inputs)
    found = {"backend": keras.backend.backend(), "outputs": [encode(y) for y in outputs]}
    if "gradient" in record:
        weights = model.get_weights()
        found["gradient"] = gradient(model, case, outputs, random)
        model.set_weights(weights)
    if "training" in record:
        found["training"] = train(model, case, outputs, random)
    return found
