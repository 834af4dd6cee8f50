"""Packs some cases for the tests that need no Python: test/fixtures/cases/cases.zip."""

import json
import zipfile
from pathlib import Path

ARCHIVE = Path(__file__).parents[2] / "test/fixtures/cases/cases.zip"


def pack(folder, identities):
    """Takes the .keras files and the facts; what the archive holds already stays, unless it is packed again."""
    files = {}
    if ARCHIVE.exists():
        with zipfile.ZipFile(ARCHIVE) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    for identity in identities.split(","):
        facts = json.loads((folder / f"{identity}.json").read_text())
        facts["files"] = {"keras": facts["files"]["keras"]}
        files[f"{identity}.json"] = (json.dumps(facts, separators=(",", ":")) + "\n").encode()
        files[f"{identity}.keras"] = (folder / f"{identity}.keras").read_bytes()
    ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return {"cases": len(files) // 2, "bytes": ARCHIVE.stat().st_size}
