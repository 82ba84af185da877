"""The container: an image whose user is not root, run by buildah; and its root file system by itself."""
import json
import shutil
import subprocess
import unittest

from package_test import EXAMPLE, VERSION, PackageTest, package, search_words


class Root(PackageTest):
    def test_searches_as_an_ordinary_user(self):
        chroot = self.new_chroot(package("container/root.tar"))
        self.check_search(chroot, "overland", user="overland")
        for tool in ("bash", "ps"):
            self.check_succeeds(chroot.run(tool, "--version"))


class Image(PackageTest):
    def buildah(self, command, *words):
        return self.check_succeeds(subprocess.run(["buildah", command, "--storage-driver=vfs", *words], stdout=subprocess.PIPE,
                                                  stderr=subprocess.PIPE, text=True, check=False)).strip()

    def setUp(self):
        super().setUp()
        if shutil.which("buildah") is None:
            self.skipTest("buildah is absent (scripts/setup --packages)")
        image = package(f"overland-{VERSION}-container.tar")
        self.container = self.buildah("from", f"oci-archive:{image}")
        self.addCleanup(self.buildah, "rmi", f"localhost/overland:{VERSION}")
        self.addCleanup(self.buildah, "rm", self.container)

    def run_in(self, *words):
        return self.buildah("run", "--isolation=chroot", f"--volume={self.folder}:/data", self.container, "--", *map(str, words))

    def test_searches_as_an_ordinary_user(self):
        shutil.copytree(EXAMPLE, self.folder / "example")
        self.folder.chmod(0o777)
        # Into files: short outputs sometimes get lost on their way through buildah.
        self.run_in("sh", "-c", "id -un > /data/user; overland --version > /data/version")
        self.assertEqual((self.folder / "user").read_text(encoding="utf-8"), "overland\n")
        self.assertTrue((self.folder / "version").read_text(encoding="utf-8").startswith(f"overland {VERSION}\n"))
        self.run_in(*search_words("overland", "/data/example", "/data/out"))
        self.check_tables(self.folder / "out")

    def test_starts_the_program(self):
        config = json.loads(self.buildah("inspect", "--type=container", self.container))["OCIv1"]["config"]
        self.assertEqual((config["User"], config["Entrypoint"]), ("overland", ["overland"]))
        self.assertEqual(config["Labels"]["org.opencontainers.image.version"], VERSION)


if __name__ == "__main__":
    unittest.main()
