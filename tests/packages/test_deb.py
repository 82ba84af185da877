"""The .deb: installed by apt in a new Debian 12, which brings all that it needs."""
import shutil
import subprocess
import unittest

import chroots
from package_test import VERSION, PackageTest, package


class Deb(PackageTest):
    def test_on_debian_12(self):
        deb = package(f"overland_{VERSION}_amd64.deb")
        chroot = self.new_chroot(chroots.debian_tar("bookworm"))
        shutil.copy(deb, chroot.path("tmp"))
        self.check_succeeds(chroot.run("apt-get", "update", network=True))
        self.check_succeeds(chroot.run("apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{deb.name}", network=True))
        self.check_search(chroot, "overland", user="nobody")
        for name in ("LICENSE", "NOTICE", "third-party-notices.txt"):
            self.assertTrue(chroot.path(f"usr/share/doc/overland/{name}").exists(), name)
        self.check_succeeds(chroot.run("apt-get", "purge", "--yes", "overland"))
        self.assertFalse(chroot.path("usr/lib/overland").exists())

    def test_brings_arrow_and_depends_on_the_rest(self):
        deb = package(f"overland_{VERSION}_amd64.deb")
        fields = subprocess.run(["dpkg-deb", "--field", deb, "Version", "Depends"], capture_output=True, text=True, check=True).stdout
        self.assertIn(f"Version: {VERSION}\n", fields)
        for name in ("libc6", "libhdf5-103", "libcurl4", "libsqlite3-0", "libstdc++6"):
            self.assertIn(name, fields)
        self.assertNotIn("arrow", fields)


if __name__ == "__main__":
    unittest.main()
