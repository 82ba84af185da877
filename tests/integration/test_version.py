"""The version stands in the file VERSION; the few texts that have to repeat it agree with it."""
import pathlib
import re
import subprocess
import unittest

from program import ProgramTest, overland

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


class Version(ProgramTest):
    def test_the_program_tells_version_commit_and_build(self):
        done = overland("--version")
        self.check_succeeds(done)
        self.assertRegex(done.stdout, rf"\Aoverland {re.escape(VERSION)}\ncommit ([0-9a-f]{{12}}( with changes)?|unknown); \w+.* build, \w+ [\d.]+\n\Z")

    def test_texts_that_repeat_the_version_agree(self):
        self.assertRegex(VERSION, r"^\d+\.\d+\.\d+$")
        self.assertIn(f"\nversion: {VERSION}\n", text_of("CITATION.cff"))
        released = re.search(r"^date-released: (\S+)$", text_of("CITATION.cff"), re.MULTILINE)[1]
        self.assertIn(f"\n## [{VERSION}] - {released}\n", text_of("CHANGELOG.md"))
        listed = subprocess.run(["git", "-C", ROOT, "grep", "-lF", f'"{VERSION}"', "--", "src", "python", "packaging", "cmake",
                                 "CMakeLists.txt", "scripts"], capture_output=True, text=True, check=False).stdout.split()
        comments = {"src/base/version.h", "src/base/build_id.h", "python/overland/program.py"}
        self.assertEqual(set(listed) - comments, set())


if __name__ == "__main__":
    unittest.main()
