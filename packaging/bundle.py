"""The bundle: a folder that holds the program with its loader, the C library and every other library, behind a small
script (overland.sh). Tarball, wheel and conda package hold this folder; it needs nothing of the system but a kernel
and a shell.

    bin/overland                  the script
    libexec/overland              the program
    lib/overland/*.so*            the loader and all libraries
    share/doc/overland/           licence, changelog, notices of everything bundled
    share/overland/example/       two small runs and their library
"""
import os
import pathlib
import re
import shutil
import subprocess

import notices

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
OUT = ROOT / "build" / "packages"
DEPS = pathlib.Path(os.environ.get("OVERLAND_DEPS") or ROOT / ".deps")
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
LOADER = "ld-linux-x86-64.so.2"
LIBRARIES = pathlib.Path("lib") / "overland"


def run(*command, **options):
    """The output of a command; its own output is shown when it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False, **options)
    if done.returncode != 0:
        raise SystemExit(f"package: this command failed:\n  {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def tools():
    """The Python that has what `scripts/setup --packages` installs."""
    return DEPS / "venv" / "bin" / "python"


def build():
    """The release build, configured where it is not yet."""
    if not (BUILD / "CMakeCache.txt").exists():
        run("cmake", "--preset", "release", f"-DOVERLAND_PYARROW={DEPS / 'pyarrow' / 'pyarrow'}", cwd=ROOT)
    run("cmake", "--build", BUILD, "--target", "overland", "-j", os.environ.get("OVERLAND_JOBS", "2"))


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def libraries_of(program):
    """Name -> file of each library that the loader maps for the program, and the loader itself."""
    found = {}
    for line in run("ldd", program).splitlines():
        match = re.match(r"\s*(\S+)(?: => (/\S.*?))? \(0x", line)
        if match is None:
            if "not found" in line:
                raise SystemExit(f"package: a library is missing: {line.strip()}")
            continue
        name, file = match.groups()
        if name.startswith("/"):
            name, file = pathlib.Path(name).name, name
        if file is not None:  # linux-vdso.so.1 is no file
            found[name] = pathlib.Path(file)
    return found


def make_bundle():
    """Makes build/packages/bundle anew and returns it."""
    build()
    target = fresh(OUT / "bundle")
    found = libraries_of(BUILD / "bin" / "overland")
    run("cmake", "--install", BUILD, "--strip", "--prefix", target)
    (target / "libexec").mkdir()
    (target / "bin" / "overland").rename(target / "libexec" / "overland")
    shutil.copyfile(ROOT / "packaging" / "overland.sh", target / "bin" / "overland")
    (target / "bin" / "overland").chmod(0o755)
    for name, file in found.items():
        shutil.copyfile(file, target / LIBRARIES / name)
        (target / LIBRARIES / name).chmod(0o755 if name == LOADER else 0o644)
    notices.write(target / "share" / "doc" / "overland" / "third-party-notices.txt", found.values())
    return target
