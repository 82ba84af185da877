"""The command line itself: help, version, usage errors."""
import unittest

from program import ProgramTest, overland


class CommandLine(ProgramTest):
    def test_help_and_version_go_to_stdout(self):
        for arguments in (["--help"], ["-h"], ["convert", "--help"]):
            done = overland(*arguments)
            self.check_succeeds(done)
            self.assertIn("Usage: overland", done.stdout)
            self.assertEqual(done.stderr, "")
        done = overland("--version")
        self.check_succeeds(done)
        self.assertRegex(done.stdout, r"^overland \d+\.\d+\.\d+\n")

    def test_a_misspelt_command_is_answered_with_the_nearest(self):
        self.check_fails(overland("convrt", "x.mzML"), 2, "OVL-USE-002", "'convrt'", "'convert'")

    def test_usage_errors_exit_with_2_and_name_the_help(self):
        for arguments in ([], ["--nonsense"], ["convert"], ["convert", "--nonsense", "x"], ["convert", "x", "--out"],
                          ["-q"], [""]):
            self.check_fails(overland(*arguments), 2, "OVL-USE-002", "--help")


if __name__ == "__main__":
    unittest.main()
