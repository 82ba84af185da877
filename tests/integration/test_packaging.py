"""What of the packages can be tested without making them: the script that starts the program of a bundle, and how
scripts/package is called. tests/packages tests the packages."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Stands in for the loader: prints its arguments, one a line, and what the script leaves in the environment.
LOADER = """#!/bin/sh
printf '%s\\n' "$@" "preload=$LD_PRELOAD" "path=$LD_LIBRARY_PATH"
"""


class Wrapper(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.bundle = self.folder / "a bundle"
        for name in ("bin", "lib/overland"):
            (self.bundle / name).mkdir(parents=True)
        self.program = self.bundle / "bin" / "overland"
        shutil.copy(ROOT / "packaging" / "overland.sh", self.program)
        loader = self.bundle / "lib" / "overland" / "ld-linux-x86-64.so.2"
        loader.write_text(LOADER)
        loader.chmod(0o755)

    def started(self, *words, path=""):
        environment = {**os.environ, "LD_LIBRARY_PATH": "/usr/lib", "PATH": f"{path}:{os.environ['PATH']}"}
        done = subprocess.run(words, cwd="/", env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def expected(self, called, bundle, *words):
        return ["--inhibit-cache", "--library-path", f"{bundle}/lib/overland", "--argv0", str(called),
                f"{bundle}/libexec/overland", *words, "preload=", "path="]

    def test_starts_the_program_with_its_own_libraries(self):
        words = ["search", "a b.mzML", "", "*", "--out=$HOME"]
        self.assertEqual(self.started(self.program, *words), self.expected(self.program, self.bundle, *words))

    def test_works_through_links_and_after_a_move(self):
        moved = self.bundle.rename(self.folder / "moved ö")
        (self.folder / "bin").mkdir()
        (self.folder / "link").symlink_to(moved / "bin" / "overland")
        link = self.folder / "bin" / "overland"
        link.symlink_to("../link")
        self.assertEqual(self.started(link), self.expected(link, moved))
        self.assertEqual(self.started("overland", path=self.folder / "bin"), self.expected(link, moved))

    def test_an_unknown_package_is_refused(self):
        for words in ([], ["rpm"], ["tarball", "all"]):
            done = subprocess.run([ROOT / "scripts" / "package", *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("expected some of tarball, wheel, conda, deb, container, or all", done.stderr)


if __name__ == "__main__":
    unittest.main()
