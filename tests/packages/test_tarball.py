"""The tarball: runs on older and newer systems and without any, from any folder, with its own libraries alone."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import chroots
from package_test import EXAMPLE, NAME, ROOT, PackageTest, package, search_words


class Tarball(PackageTest):
    def setUp(self):
        super().setUp()
        self.tar = package(f"{NAME}.tar.gz")

    def unpack(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "--extract", "--file", self.tar, "--directory", folder], check=True)
        return folder / NAME

    def search_in(self, chroot):
        self.unpack(chroot.path("opt/my programs"))
        self.check_search(chroot, f"/opt/my programs/{NAME}/bin/overland")

    def test_on_each_debian_release(self):
        for release in chroots.RELEASES:
            with self.subTest(release):
                self.search_in(self.new_chroot(chroots.debian_tar(release)))

    def test_where_there_is_nothing_but_a_shell(self):
        self.search_in(self.new_chroot())

    def test_maps_no_file_of_the_system(self):
        folder = self.unpack(self.folder)
        words = search_words(folder / "bin" / "overland", EXAMPLE, self.folder / "out")
        mapped = set()
        with subprocess.Popen(words, env={**os.environ, "LD_PRELOAD": "libm.so.6", "LD_LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu"},
                              stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                try:
                    if os.readlink(f"/proc/{process.pid}/exe").endswith("ld-linux-x86-64.so.2"):  # else it is still the shell
                        maps = pathlib.Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
                        mapped |= {line.split(maxsplit=5)[5] for line in maps.splitlines() if re.search(r" r-xp .* /", line)}
                except (FileNotFoundError, ProcessLookupError):
                    break
        self.assertEqual(process.returncode, 0)
        names = {pathlib.Path(file).name for file in mapped}
        self.assertLessEqual({"overland", "libc.so.6", "libarrow.so.2600", "ld-linux-x86-64.so.2"}, names)
        self.assertEqual([file for file in mapped if not file.startswith(str(folder))], [])

    def test_works_moved_and_through_links(self):
        folder = self.unpack(self.folder / "a")
        (self.folder / "b c").mkdir()
        moved = folder.rename(self.folder / "b c" / "ö")
        (self.folder / "link").symlink_to(moved / "bin" / "overland")
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "overland").symlink_to("../link")
        for word, path in ((moved / "bin" / "overland", None), ("overland", self.folder / "bin"), (self.folder / "link", None)):
            done = subprocess.run([word, "--version"], cwd="/", capture_output=True, text=True, check=False,
                                  env={**os.environ, **({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})})
            self.assertTrue(self.check_succeeds(done).startswith("overland "), done.stdout)

    def test_needs_no_processor_newer_than_x86_64_v2(self):
        """An emulated Nehalem has no AVX: an instruction of it would end the program."""
        emulator = shutil.which("qemu-x86_64")
        if emulator is None:
            self.skipTest("qemu-x86_64 is absent (scripts/setup --packages)")
        folder = self.unpack(self.folder)
        loader = folder / "lib" / "overland" / "ld-linux-x86-64.so.2"
        words = [emulator, "-cpu", "Nehalem", loader, "--library-path", loader.parent]
        self.check_succeeds(subprocess.run([*words, *search_words(folder / "libexec" / "overland", EXAMPLE, self.folder / "out")],
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False))
        self.check_tables(self.folder / "out")

    def test_holds_all_licences_and_no_path_of_the_machine(self):
        folder = self.unpack(self.folder)
        documents = folder / "share" / "doc" / "overland"
        notices = (documents / "third-party-notices.txt").read_text(encoding="utf-8")
        for name in ("glibc", "gcc-12", "pyarrow", "curl", "hdf5", "sqlite3", "cli11", "nlohmann-json3", "Licence LGPL-2.1"):
            self.assertIn(name, notices)
        for library in (folder / "lib" / "overland").iterdir():
            self.assertTrue(library.is_file() and not library.is_symlink(), library)
        self.assertNotIn(str(ROOT).encode(), (folder / "libexec" / "overland").read_bytes())
        for file in [folder / "libexec" / "overland", *(folder / "lib" / "overland").iterdir()]:
            dynamic = subprocess.run(["readelf", "--dynamic", file], capture_output=True, text=True, check=True).stdout
            for path in re.findall(r"Library r(?:un)?path: \[(.*)\]", dynamic):
                self.assertTrue(path.startswith("$ORIGIN"), f"{file}: {path}")
        self.assertEqual((documents / "LICENSE").read_bytes(), (ROOT / "LICENSE").read_bytes())


if __name__ == "__main__":
    unittest.main()
