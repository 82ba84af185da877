"""The wheel: installed by pip, offline beside pyarrow, on releases with older and newer Python."""
import shutil
import subprocess
import sys
import unittest
import zipfile

import chroots
from package_test import VERSION, PackageTest, package

TRY = """
import overland
results = overland.search(["/tmp/example/example_A_1.mzML.gz", "/tmp/example/example_B_1.mzML.gz"], threads=2,
                          library="/tmp/example/library.tsv.gz", out="/tmp/out")
assert results.arrow().num_rows > 300, results.arrow().num_rows
try:
    overland.search("/absent.mzML", library="/tmp/example/library.tsv.gz", out="/tmp/none")
except overland.InputError as error:
    assert error.code == "OVL-IO-001", error
else:
    raise AssertionError("no error")
"""
PYTHONS = {"bullseye": "3.9", "bookworm": "3.11", "trixie": "3.13"}


class Wheel(PackageTest):
    def setUp(self):
        super().setUp()
        self.wheel = package(f"overland-{VERSION}-py3-none-manylinux_2_17_x86_64.whl")

    def fetch_dependencies(self, python, folder):
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--python-version", python,
             "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_17_x86_64", "--dest", folder, "pyarrow"],
            capture_output=True, text=True, check=False)
        self.check_succeeds(done)

    def test_on_each_debian_release(self):
        for release, python in PYTHONS.items():
            with self.subTest(release):
                chroot = self.new_chroot(chroots.debian_tar(release, chroots.PYTHON))
                self.fetch_dependencies(python, chroot.path("wheels"))
                shutil.copy(self.wheel, chroot.path("wheels"))
                self.check_succeeds(chroot.run("python3", "-m", "venv", "/env"))
                self.check_succeeds(chroot.run("/env/bin/pip", "install", "--no-index", "--find-links", "/wheels", "overland"))
                self.check_search(chroot, "/env/bin/overland")
                shutil.rmtree(chroot.path("tmp/out"))
                self.check_succeeds(chroot.run("/env/bin/python", "-c", TRY))
                self.check_tables(chroot.path("tmp/out"))

    def test_holds_program_module_and_licences(self):
        with zipfile.ZipFile(self.wheel) as archive:
            names = set(archive.namelist())
        folder = f"overland-{VERSION}.dist-info"
        self.assertLessEqual({"overland/__init__.py", "overland/py.typed", "overland/bundle/bin/overland", "overland/bundle/LICENSE",
                              "overland/bundle/third-party-notices.txt", f"{folder}/entry_points.txt"}, names)
        self.assertEqual([name for name in names if not name.startswith(("overland/", folder))], [])


if __name__ == "__main__":
    unittest.main()
