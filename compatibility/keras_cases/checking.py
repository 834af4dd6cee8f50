"""Loads with real Keras what was saved here, and compares the predictions with those of the model that Keras had made."""

import json

import keras
import numpy as np
from arrays import decode, difference
from making import FORMATS, predict, write_json


def check_all(folder):
    """Writes checked.BACKEND.json: {case: {format: {difference} or {error, own?}}} for the cases of this backend."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text())
        if "id" not in record or record["refused"] or record["backend"] != keras.backend.backend():
            continue
        saved = {name: folder / f"{record['id']}.saved.{name}" for name in FORMATS}
        checks = {name: check(file, record, folder) for name, file in saved.items() if file.exists()}
        if checks:
            found[record["id"]] = checks
    write_json(folder / f"checked.{keras.backend.backend()}.json", found)
    return {"checked": len(found)}


def check(file, record, folder):
    keras.backend.clear_session()
    try:
        return {"difference": compare(file, record)}
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is the finding
        answer = {"error": f"{type(error).__name__}: {str(error).strip()[:600]}"}
        own = own_error(folder / file.name.replace(".saved.", "."), record)
        return answer if own is None else {**answer, "own": own}


def own_error(file, record):
    """What Keras says about its own file of the case, if it fails there too."""
    try:
        compare(file, record)
        return None
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {str(error).strip()[:200]}"


def compare(file, record):
    model = keras.saving.load_model(file, compile=False)
    outputs = predict(model, [decode(entry) for entry in record["inputs"]])
    expected = [decode(entry) for entry in record["outputs"]]
    if len(outputs) != len(expected):
        raise ValueError(f"{len(outputs)} outputs, expected {len(expected)}")
    worst = max(difference(np.asarray(y), e) for y, e in zip(outputs, expected))
    return worst if np.isfinite(worst) else 1e9
