"""overland config from-pioneer: a parameter file of another program as one of ours."""
import json

from program import ProgramTest, overland


class FromPioneer(ProgramTest):
    def translate(self, parameters):
        file = self.folder / "params.json"
        file.write_text(parameters if isinstance(parameters, str) else json.dumps(parameters), encoding="utf-8")
        return overland("config", "from-pioneer", file)

    def test_maps_keys_and_lists_the_others(self):
        done = self.translate({
            "global": {"scoring": {"q_value_threshold": 0.02}, "match_between_runs": True, "ms1_scoring": False},
            "parameter_tuning": {"iteration_settings": {"init_mass_tol_ppm": [15.0, 30.0]}},
            "first_search": {"fragment_settings": {"min_count": 99}},
            "maxLFQ": {"run_to_run_normalization": False}, "output": {"write_csv": True},
            "paths": {"library": "/data/lib.poin", "ms_data": "/data/runs", "results": "/data/out"}})
        self.check_succeeds(done)
        head = "".join(line for line in done.stdout.splitlines(True) if line.startswith("//"))
        self.assertIn("//   global.match_between_runs", head)
        self.assertIn('--library "/data/lib.poin"', head)
        ours = self.folder / "ours.json"
        ours.write_text(done.stdout, encoding="utf-8")
        again = overland("config", "search", "--config", ours)
        self.check_succeeds(again)
        values = json.loads("".join(
            line for line in again.stdout.splitlines(True) if not line.strip().startswith("//")))
        self.assertEqual(values["report"]["q_value"], 0.02)
        self.assertEqual(values["quantify"]["q_value"], 0.02)
        self.assertEqual(values["quantify"]["normalise"], "none")
        self.assertEqual(values["first_pass"]["tolerance_ppm"], 15)
        self.assertEqual(values["first_pass"]["min_fragments"], 8)
        self.assertIs(values["second_pass"]["ms1"], False)
        self.assertIs(values["report"]["tsv"], True)

    def test_says_what_is_wrong(self):
        self.check_fails(self.translate("not json"), 3, "OVL-CFG-003")
        self.check_fails(self.translate({"output": {"write_csv": 3}}), 3, "OVL-CFG-120", "output.write_csv")
        self.check_fails(self.translate({"global": {"scoring": {"q_value_threshold": 7}}}), 3, "OVL-CFG-120")
        self.check_fails(overland("config", "from-pioneer"), 2, "OVL-USE-021")
        self.check_fails(overland("config", "search", self.folder / "x.json"), 2, "OVL-USE-021")


if __name__ == "__main__":
    import unittest
    unittest.main()
