"""The conda package: installed into a prefix from a local channel."""
import asyncio
import importlib.util
import os
import shutil
import subprocess
import unittest

from package_test import EXAMPLE, VERSION, PackageTest, package, search_words


class Conda(PackageTest):
    def test_installs_into_a_prefix(self):
        if importlib.util.find_spec("rattler") is None:
            self.skipTest("py-rattler is absent (scripts/setup --packages)")
        import rattler
        made = package(f"overland-{VERSION}-0.conda")
        channel = self.folder / "channel"
        (channel / "linux-64").mkdir(parents=True)
        (channel / "noarch").mkdir()
        shutil.copy(made, channel / "linux-64")
        prefix = self.folder / "my prefix"

        async def install():
            await rattler.index.index_fs(channel)
            records = await rattler.solve([rattler.Channel(channel.as_uri())], ["overland"], platforms=["linux-64", "noarch"])
            await rattler.install(records, prefix, cache_dir=self.folder / "cache")
        asyncio.run(install())
        self.assertTrue((prefix / "share" / "doc" / "overland" / "third-party-notices.txt").exists())
        program = prefix / "bin" / "overland"
        version = subprocess.run(["overland", "--version"], env={"PATH": f"{prefix / 'bin'}:{os.environ['PATH']}"},
                                 capture_output=True, text=True, check=False)
        self.assertTrue(self.check_succeeds(version).startswith(f"overland {VERSION}\n"))
        self.check_succeeds(subprocess.run(search_words(program, EXAMPLE, self.folder / "out"), stdout=subprocess.PIPE,
                                           stderr=subprocess.STDOUT, text=True, check=False))
        self.check_tables(self.folder / "out")


if __name__ == "__main__":
    unittest.main()
