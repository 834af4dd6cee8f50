"""The side of real Keras of `npm run compatibility -- layers|operations|models`.

    python keras_cases names KIND                     every name that needs a row, with why a name has no case
    python keras_cases make KIND FOLDER [NAME,NAME]   a file of each case and format, and CASE.json with what Keras computes
    python keras_cases elsewhere KIND FOLDER CASE,CASE  what this backend of Keras computes of cases that another one made
    python keras_cases check FOLDER                   what Keras makes of the files that were saved here, to checked.json
    python keras_cases pack FOLDER CASE,CASE          some cases into test/fixtures/cases/cases.zip

The last line of the output is JSON. KERAS_BACKEND chooses Keras's backend. TensorFlow is fast without
compiling and knows strings; a second `make` with JAX makes the cases that TensorFlow cannot compute on a CPU.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # sums in one order

import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)  # about .h5 being a legacy format

import catalogue
import checking
import elsewhere
import making
import packing


def main(command, *arguments):
    commands = {"names": catalogue.names, "make": make, "elsewhere": compute_elsewhere, "check": check, "pack": pack}
    print(json.dumps(commands[command](*arguments)))


def make(kind, folder, only=""):
    wanted = set(only.split(",")) if only else None
    return making.make_all(catalogue.cases(kind), Path(folder), wanted)


def compute_elsewhere(kind, folder, identities):
    return elsewhere.add_elsewhere(catalogue.cases(kind), Path(folder), identities.split(","))


def check(folder):
    return checking.check_all(Path(folder))


def pack(folder, identities):
    return packing.pack(Path(folder), identities)


if __name__ == "__main__":
    main(*sys.argv[1:])
