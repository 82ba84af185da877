"""What tests of packages share: the packages, the example, and the tables that each package has to write."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import chroots

ROOT, PACKAGES = chroots.ROOT, chroots.PACKAGES
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
EXAMPLE = ROOT / "data" / "example"
RUNS = ["example_A_1.mzML.gz", "example_B_1.mzML.gz"]
BINARY = pathlib.Path(os.environ.get("OVERLAND_BINARY") or ROOT / "build" / "release" / "bin" / "overland")
NAME = f"overland-{VERSION}-linux-x86_64"


def package(name):
    """A package that `scripts/package` made."""
    path = PACKAGES / name
    if not path.exists():
        raise unittest.SkipTest(f"{path} is absent: scripts/package makes it")
    return path


def search_words(program, example, out):
    return [program, "search", "--quiet", "--threads", "2", "--library", f"{example}/library.tsv.gz", "--out", out,
            *[f"{example}/{run}" for run in RUNS]]


def table_hashes(folder):
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in pathlib.Path(folder).glob("*.parquet")}
    if "report.parquet" not in found:
        raise AssertionError(f"{folder} has no report.parquet")
    return found


class PackageTest(unittest.TestCase):
    expected = None  # hashes of the tables that the program of the build folder writes

    def setUp(self):
        if not chroots.is_possible():
            self.skipTest("packages are tested as root, with mmdebstrap (scripts/setup --packages)")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="overland_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def check_succeeds(self, done):
        self.assertEqual(done.returncode, 0, f"{done.args}\n{done.stdout}\n{done.stderr or ''}")
        return done.stdout

    def check_tables(self, folder):
        if PackageTest.expected is None:
            self.check_succeeds(subprocess.run(search_words(BINARY, EXAMPLE, self.folder / "expected"), stdout=subprocess.PIPE,
                                               stderr=subprocess.STDOUT, text=True, check=False))
            PackageTest.expected = table_hashes(self.folder / "expected")
        self.assertEqual(table_hashes(folder), PackageTest.expected)

    def new_chroot(self, tar=None):
        chroot = chroots.Chroot(tar) if tar else chroots.Chroot.bare()
        self.addCleanup(chroot.remove)
        return chroot

    def check_search(self, chroot, program, user=None):
        """The version, and a search of the example in a root file system."""
        shutil.copytree(EXAMPLE, chroot.path("tmp/example"), dirs_exist_ok=True)
        chroot.path("tmp").chmod(0o1777)
        version = self.check_succeeds(chroot.run(program, "--version", user=user))
        self.assertTrue(version.startswith(f"overland {VERSION}\n"), version)
        self.check_succeeds(chroot.run(*search_words(program, "/tmp/example", "/tmp/out"), user=user))
        self.check_tables(chroot.path("tmp/out"))
