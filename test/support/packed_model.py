"""A Keras model as text, for golden values beside a test: its .keras archive, deflated, in base64.

Scripts in other folders import it after they have added this folder to sys.path.
"""

import base64
import io
import pathlib
import tempfile
import zipfile


def packed(model):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "m.keras"
        model.save(path)
        buffer = io.BytesIO()
        with zipfile.ZipFile(path) as read, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as write:
            for name in read.namelist():
                write.writestr(name, read.read(name))
    return base64.b64encode(buffer.getvalue()).decode()
