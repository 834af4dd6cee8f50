"""Makers of cases for every layer of keras.layers."""

import conv_cases
import recurrent_cases
import simple_cases
import text_cases

MAKERS = {**simple_cases.MAKERS, **conv_cases.MAKERS, **recurrent_cases.MAKERS, **text_cases.MAKERS}

FRAMEWORK = "runs code of another framework"
REASONS = {
    "Input": "makes the input of a model: every case has one",
    "InputLayer": "the layer behind Input: every case has one",
    "InputSpec": "describes an input inside Python code; it is not in files",
    "Layer": "the base class of Python code of one's own",
    "Wrapper": "the base class of wrappers; TimeDistributed, Bidirectional and SpectralNormalization are wrappers",
    "deserialize": "makes layers of configs",
    "serialize": "makes configs of layers",
    "Equalization": "Keras 3.15.1 cannot build a Functional model with it: it gives its input back, which is a cycle",
    "TFSMLayer": f"refused: {FRAMEWORK} (TensorFlow)",
    "JaxLayer": f"refused: {FRAMEWORK} (JAX)",
    "FlaxLayer": f"refused: {FRAMEWORK} (Flax)",
    "TorchModuleWrapper": f"refused: {FRAMEWORK} (PyTorch)",
}
