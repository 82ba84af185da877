"""scripts/setup, with stand-ins for the system's own commands."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VERSIONS = dict(line.split() for line in (ROOT / "scripts/versions").read_text().splitlines() if not line.startswith("#"))
VERSION = VERSIONS["pyarrow"]


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.deps = self.folder / "deps"
        (self.deps / "pyarrow" / f"pyarrow-{VERSION}.dist-info").mkdir(parents=True)
        # Without arguments of interest each stand-in writes down how it was called.
        self.stand_in("apt-get", 'echo "apt-get $*" >> "$CALLS"')
        self.stand_in("sudo", 'echo "sudo $*" >> "$CALLS"; exit 1')
        self.stand_in("id", "echo 0")
        self.has_packages()

    def stand_in(self, name, body):
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def has_packages(self, but=()):
        """All packages are installed, but for these; like the real one it fails for an unknown name."""
        cases = "".join(f'{name}) status=1 ;;\n' for name in but)
        self.stand_in("dpkg-query", 'status=0\nfor p in "$@"; do case $p in\n-*) ;;\n' + cases +
                      '*) echo "ii $p" ;;\nesac; done\nexit $status')

    def run_setup(self, *options, path=None):
        path = os.environ["PATH"] if path is None else path
        environment = dict(os.environ, PATH=f"{self.folder}/bin:{path}", CALLS=str(self.folder / "calls"),
                           OVERLAND_DEPS=str(self.deps))
        done = subprocess.run([ROOT / "scripts/setup", *options], env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        calls = self.folder / "calls"
        return done, calls.read_text().splitlines() if calls.exists() else []

    def test_does_nothing_where_all_is_there(self):
        done, calls = self.run_setup("--dev")
        self.assertEqual((done.returncode, done.stdout, calls), (0, "setup: all there\n", []), done.stderr)

    def test_installs_what_is_missing_and_says_so(self):
        self.has_packages(but=["ninja-build", "zlib1g-dev"])
        done, calls = self.run_setup()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("missing packages: ninja-build zlib1g-dev", done.stdout)
        self.assertEqual(calls[0], "apt-get update -qq")
        self.assertRegex(calls[1], r"apt-get install --yes .*ninja-build zlib1g-dev$")

    def test_compilers_for_checks_are_wanted_only_for_development(self):
        self.has_packages(but=["clang-tidy-19"])
        self.assertEqual(self.run_setup()[1], [])
        self.assertIn("clang-tidy-19", self.run_setup("--dev")[1][1])

    def test_node_is_installed_only_where_there_is_none(self):
        self.has_packages(but=["nodejs"])
        self.stand_in("node", "exit 0")
        self.assertEqual(self.run_setup("--dev")[1], [])
        (self.folder / "bin" / "node").unlink()
        for name in ("bash", "sh", "dirname", "awk", "sed", "sort", "comm", "env", "python3", "mkdir"):
            (self.folder / "bin" / name).symlink_to(shutil.which(name))
        self.assertEqual(self.run_setup(path="")[1], [])
        self.assertRegex(self.run_setup("--dev", path="")[1][-1], "apt-get install .* nodejs$")

    def test_without_root_it_tells_the_command(self):
        self.has_packages(but=["ninja-build"])
        self.stand_in("id", "echo 1000")
        done, _ = self.run_setup()
        self.assertEqual(done.returncode, 1)
        self.assertIn("sudo apt-get install --yes --no-install-recommends ninja-build", done.stderr)

    def test_offline_it_names_what_is_missing(self):
        self.has_packages(but=["ninja-build"])
        self.stand_in("apt-get", "exit 100")
        done, _ = self.run_setup()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "offline.*ninja-build")

    def test_offline_without_arrow_it_tells_where_to_put_it(self):
        (self.deps / "pyarrow" / f"pyarrow-{VERSION}.dist-info").rmdir()
        for name in ("python", "pip"):
            path = self.deps / "venv" / "bin" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\nexit 1\n")
            path.chmod(0o755)
        done, _ = self.run_setup()
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"pyarrow {VERSION}", done.stderr)
        self.assertIn(str(self.deps / "pyarrow"), done.stderr)

    def test_tools_of_packages_are_wanted_only_for_packages(self):
        site = self.deps / "venv" / "lib" / "python3.11" / "site-packages"
        for name in ("hatchling", "py-rattler-build", "py-rattler"):
            (site / f"{name.replace('-', '_')}-{VERSIONS[name]}.dist-info").mkdir(parents=True)
        self.has_packages(but=["mmdebstrap"])
        self.assertEqual(self.run_setup()[1], [])
        self.assertRegex(self.run_setup("--packages")[1][1], "apt-get install .* mmdebstrap$")
        (site / f"hatchling-{VERSIONS['hatchling']}.dist-info").rmdir()
        pip = self.deps / "venv" / "bin" / "pip"
        pip.parent.mkdir()
        for path in (pip, pip.with_name("python")):
            path.write_text('#!/bin/sh\necho "python $*" >> "$CALLS"\n')
            path.chmod(0o755)
        self.assertRegex(self.run_setup("--packages")[1][-1], f"^python -m pip install .*hatchling=={VERSIONS['hatchling']}$")

    def test_libraries_of_arm64_are_unpacked_and_their_links_stay_inside(self):
        self.has_packages(but=["g++-aarch64-linux-gnu"])
        self.stand_in("mmdebstrap", 'echo "mmdebstrap $*" >> "$CALLS"\nfor root; do :; done\n'
                      'mkdir -p "$root/usr/lib/a"; ln -s /lib/libz.so.1 "$root/usr/lib/a/libz.so"')
        for name in ("python", "pip"):
            path = self.deps / "venv" / "bin" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('#!/bin/sh\necho "python $*" >> "$CALLS"\n'
                            'while [ $# -gt 0 ]; do [ "$1" != --target ] || mkdir -p "$2"; shift; done\n')
            path.chmod(0o755)
        done, calls = self.run_setup("--aarch64")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(calls[1], r"apt-get install .* g\+\+-aarch64-linux-gnu$")
        self.assertRegex(calls[2], "^mmdebstrap .*--architectures=arm64 .*libc6-dev,.*zlib1g-dev.*")
        self.assertRegex(calls[3], f"^python -m pip install .*--platform manylinux_2_28_aarch64 pyarrow=={VERSION}$")
        link = self.deps / "aarch64" / "root" / "usr" / "lib" / "a" / "libz.so"
        self.assertEqual(os.readlink(link), "../../../lib/libz.so.1")
        self.assertTrue((self.deps / "aarch64" / "pyarrow").is_dir())
        self.has_packages()
        self.assertEqual(len(self.run_setup("--aarch64")[1]), len(calls))

    def test_an_unknown_option_is_refused(self):
        self.assertEqual(self.run_setup("--all")[0].returncode, 1)


if __name__ == "__main__":
    unittest.main()
