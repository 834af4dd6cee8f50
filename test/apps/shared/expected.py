"""Writes expected.json: what Keras predicts with the model that every app loads, for the picture that every app makes.

    python expected.py
"""

import json
from pathlib import Path

import keras
import numpy as np

here = Path(__file__).parent
model = keras.models.load_model(here.parents[2] / 'examples/models/small.keras')
x = (np.arange(8 * 8 * 3, dtype='float32') / 192).reshape(1, 8, 8, 3)
y = model.predict(x, verbose=0)
text = json.dumps({'keras': keras.__version__, 'values': y[0].tolist()})
(here / 'expected.json').write_text(text + '\n')
