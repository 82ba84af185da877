"""overland-VERSION-py3-none-manylinux_2_17_x86_64.whl: the bundle and the Python module (python/)."""
import os

from bundle import OUT, ROOT, VERSION, run, tools


def make(bundle):
    environment = {**os.environ, "OVERLAND_BUNDLE": str(bundle)}
    run(tools(), "-m", "hatchling", "build", "-t", "wheel", "-d", OUT, cwd=ROOT / "python", env=environment)
    return OUT / f"overland-{VERSION}-py3-none-manylinux_2_17_x86_64.whl"
