"""Small simulated runs."""
import pyarrow.parquet
from program import overland

SAMPLE = {
    "seed": 3, "name": "mini", "formats": "arrow", "proteome.proteins": 400,
    "retention.gradient_minutes": 5, "retention.first_minute": 0.5, "retention.last_minute": 4.5,
    "acquisition.low_mz": 500, "acquisition.high_mz": 600, "library.low_mz": 500, "library.high_mz": 600,
}

LEAN = ("--threads", 2, "--set", "report.html=false", "--set", "report.xic=false")  # of searches


def rows(path, *columns):
    return pyarrow.parquet.read_table(path, columns=list(columns) or None).to_pylist()


def simulate(folder, **settings):
    """The settings' dots are written as two underscores."""
    settings = {**SAMPLE, **{key.replace("__", "."): value for key, value in settings.items()}}
    done = overland("simulate", "--quiet", *[part for key, value in settings.items() for part in ("--set", f"{key}={value}")],
                    "--out", folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.arrow"))
