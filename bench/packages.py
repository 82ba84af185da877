#!/usr/bin/env python3
"""Size and start time of the packages in build/packages, as a table in Markdown.

Each package is unpacked into a folder below WORK (the wheel by pip without its dependencies, the .deb beside the
libraries of this machine, which is a Debian 12), and `overland --version` is started again and again: the median of the
wall times, and the least. The container is not started: that time is the container program's.

    bench/packages.py WORK [--times 30]
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "build" / "packages"
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()


def unpack_tarball(file, folder):
    subprocess.run(["tar", "--extract", "--file", file, "--directory", folder], check=True)
    return folder / file.name.removesuffix(".tar.gz") / "bin" / "overland"


def unpack_wheel(file, folder):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", "--no-deps", "--no-index", file], check=True)
    return folder / "bin" / "overland"


def unpack_deb(file, folder):
    subprocess.run(["dpkg-deb", "--extract", file, folder], check=True)
    return folder / "usr" / "bin" / "overland"


def unpack_conda(file, folder):
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    for part in folder.glob("pkg-*.tar.zst"):
        subprocess.run(["tar", "--extract", "--zstd", "--file", part, "--directory", folder], check=True)
        part.unlink()
    return folder / "bin" / "overland"


KINDS = {
    "tarball": (f"overland-{VERSION}-linux-x86_64.tar.gz", unpack_tarball),
    "wheel": (f"overland-{VERSION}-py3-none-manylinux_2_17_x86_64.whl", unpack_wheel),
    ".deb": (f"overland_{VERSION}_amd64.deb", unpack_deb),
    "conda": (f"overland-{VERSION}-0.conda", unpack_conda),
    "container": (f"overland-{VERSION}-container.tar", None),
}


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def start_times(program, times):
    """Milliseconds, after three starts that count for nothing."""
    found = []
    for _ in range(times + 3):
        start = time.perf_counter()
        subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
        found.append((time.perf_counter() - start) * 1000)
    return found[3:]


def row(kind, options):
    name, unpack = KINDS[kind]
    file = PACKAGES / name
    packed = f"{file.stat().st_size / 1e6:.0f}"
    if unpack is None:
        return f"| {kind} | {packed} | | | |"
    folder = options.work / kind.strip(".")
    folder.mkdir(parents=True)
    program = unpack(file, folder)
    times = start_times(program, options.times)
    return f"| {kind} | {packed} | {size_of(folder) / 1e6:.0f} | {statistics.median(times):.0f} | {min(times):.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    print("| package | MB | unpacked MB | start ms, median | least |\n|---|---|---|---|---|")
    program = pathlib.Path(os.environ.get("OVERLAND_BINARY") or ROOT / "build" / "release" / "bin" / "overland")
    times = start_times(program, options.times)
    print(f"| program in the build folder | | {program.stat().st_size / 1e6:.0f} | {statistics.median(times):.0f} | {min(times):.0f} |")
    for kind in KINDS:
        print(row(kind, options))


if __name__ == "__main__":
    main()
