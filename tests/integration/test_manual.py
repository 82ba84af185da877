"""The manual agrees with the program."""
import pathlib
import re
import unittest

from program import ProgramTest, overland

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Manual(ProgramTest):
    def test_the_parameter_page_holds_the_programs_tables(self):
        page = (ROOT / "docs/guide/parameters.md").read_text(encoding="utf-8")
        names = re.findall(r"^## `overland (\w+)`$", page, flags=re.MULTILINE)
        self.assertIn("search", names)
        for name in names:
            table = overland("config", name, "--markdown")
            self.check_succeeds(table)
            self.assertIn(table.stdout, page, "run scripts/write-parameters")

    def test_the_readme_names_commands_that_exist(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        commands = set(re.findall(r"overland ([a-z-]+)\b(?=[ `])", readme))
        self.assertTrue(commands)
        for command in commands:
            self.check_succeeds(overland(command, "--help"))


if __name__ == "__main__":
    unittest.main()
