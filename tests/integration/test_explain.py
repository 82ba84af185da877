"""overland explain on the shipped example: found, lost at each gate that the example has, and bad requests."""
import json
import pathlib
import shutil
import tempfile
import unittest

import pyarrow.parquet

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
RUN = "example_A_1"


def rows(path):
    return pyarrow.parquet.read_table(path).to_pylist()


class Explain(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="overland_"))) / "out"
        cls.search = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", cls.out,
                              "--threads", 2, *sorted(EXAMPLE.glob("*.mzML.gz")))

    def setUp(self):
        super().setUp()
        self.check_succeeds(self.search)

    def explain(self, precursor, *more, run=RUN):
        return overland("explain", "--quiet", precursor, self.out, "--run", run, *more)

    def gates(self, precursor, run=RUN):
        done = self.explain(precursor, "--json", run=run)
        self.check_succeeds(done)
        answer = json.loads(done.stdout)
        return answer, {gate["gate"]: gate for gate in answer["gates"]}

    def test_a_precursor_that_was_found(self):
        row = next(r for r in rows(self.out / "report.parquet") if r["Run"] == RUN and r["Quantity.Status"] == "ok")
        answer, gates = self.gates(row["Precursor.Id"])
        self.assertTrue(answer["found"])
        self.assertEqual({gate["state"] for gate in gates.values()} - {"note"}, {"passed"})
        self.assertIn(f"{row['Precursor.Quantity']:.4g}", gates["quantity"]["text"])
        self.assertIn(f"q = {row['Q.Value']:.3g}", gates["score"]["text"])
        self.assertGreater(len(answer["features"]), 20)
        trace = answer["traces"][0]
        self.assertEqual(len(trace["raw"]), len(trace["rt"]) * len(trace["labels"]))
        at = min(range(len(trace["rt"])), key=lambda k: abs(trace["rt"][k] - row["RT"]))
        self.assertGreater(trace["weight"][at], 0)
        slash = f"{row['Modified.Sequence']}/{row['Precursor.Charge']}"
        text = self.explain(slash)
        self.check_succeeds(text)
        self.assertTrue(text.stdout.startswith(f"{slash} in {RUN}: Found and quantified"), text.stdout[:200])

    def test_one_that_is_absent_is_lost_at_a_gate_that_says_what_was_needed(self):
        truth = [r for r in rows(EXAMPLE / "truth.parquet") if r["Run"] == RUN and not r["Present"] and not r["Sibling.Present"]]
        found = {r["Precursor.Id"] for r in rows(self.out / "report.parquet") if r["Run"] == RUN}
        lost = set()
        for row in [r for r in truth if r["Precursor.Id"] not in found][:12]:
            answer, gates = self.gates(row["Precursor.Id"])
            self.assertFalse(answer["found"])
            failed = [gate for gate in gates.values() if gate["state"] == "failed"]
            self.assertEqual(len(failed), 1, answer)
            self.assertTrue(failed[0]["needed"], failed)
            self.assertIn(failed[0]["gate"], answer["verdict"])
            lost.add(failed[0]["gate"])
        self.assertTrue(lost & {"fragments", "peak group", "score", "global q-value"}, lost)

    def test_one_that_the_library_lacks(self):
        answer, gates = self.gates("WWWWWWPEPTIDEK/2")
        self.assertFalse(answer["found"])
        self.assertEqual(gates["library"]["state"], "failed")
        self.assertEqual(gates["score"]["state"], "not reached")
        row = rows(self.out / "report.parquet")[0]
        _, gates = self.gates(f"{row['Modified.Sequence']}/6")
        self.assertIn(f"{row['Modified.Sequence']}/{row['Precursor.Charge']}", gates["library"]["needed"])

    def test_a_page_of_it(self):
        row = next(r for r in rows(self.out / "report.parquet") if r["Run"] == RUN)
        page = self.folder / "explain.html"
        self.check_succeeds(self.explain(row["Precursor.Id"], "--html", page))
        self.assertIn('"page":"explain"', page.read_text(encoding="utf-8"))
        dom, console = self.dom(page.as_uri())
        self.assertEqual(console, [])
        self.assertIn('data-ready="yes"', dom)
        self.assertIn("percentile among decoys", dom)
        self.assertIn(json.loads(self.explain(row["Precursor.Id"], "--json").stdout)["traces"][0]["labels"][0], dom)

    def test_pages_of_those_that_were_lost(self):
        truth = [r for r in rows(EXAMPLE / "truth.parquet") if r["Run"] == RUN and not r["Present"]]
        page = self.folder / "explain.html"
        for precursor in [row["Precursor.Id"] for row in truth[:2]] + ["PEPTIDEPEPTIDEK/2"]:
            self.check_succeeds(self.explain(precursor, "--html", page))
            dom, console = self.dom(page.as_uri())
            self.assertEqual(console, [], precursor)
            self.assertIn('data-ready="yes"', dom)

    def test_bad_requests(self):
        row = next(r for r in rows(self.out / "report.parquet") if r["Run"] == RUN)
        known = row["Precursor.Id"]
        self.check_fails(self.explain(known, run="exampel_A_1"), 2, "OVL-USE-042", "'example_A_1'")
        self.check_fails(self.explain("PEPTIDEK"), 2, "OVL-USE-041")
        self.check_fails(self.explain("PEP(UniMod:4)TIDEK"), 2, "OVL-USE-041")
        self.check_fails(self.explain("PEPT1DEK/2"), 4, "OVL-LIB-010")
        self.check_fails(overland("explain", known, self.folder, "--run", RUN), 2, "OVL-USE-040")
        bare = self.folder / "bare"
        shutil.copytree(self.out, bare)
        shutil.rmtree(bare / "work" / "second_pass")
        self.check_fails(overland("explain", known, bare, "--run", RUN), 4, "OVL-IO-094", "psms.arrow")
        shutil.rmtree(bare / "work" / "library" / "library.lib")
        self.check_fails(overland("explain", known, bare, "--run", RUN), 4, "OVL-IO-093", "--library")


if __name__ == "__main__":
    unittest.main()
