"""report.html: what a browser makes of it, and `overland report` on good and bad folders."""
import html
import json
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

import pyarrow
import pyarrow.compute
import pyarrow.parquet

from program import BINARY, ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
EVIL = "</script><script>alert('x')</script>"


def rows(path):
    return pyarrow.parquet.read_table(path).to_pylist()


def write_xic(path, report):
    """Chromatograms for every row of the report (docs/formats/xic.md): three fragments in the ratio 3 : 2 : 1."""
    real = pyarrow.float32()
    out = []
    for row in report:
        weight = [0.0, 50.0, 100.0, 50.0, 0.0]
        share = [3 / 6, 2 / 6, 1 / 6]
        out.append({"Run": row["Run"], "Precursor.Id": row["Precursor.Id"], "Decoy": 0, "Apex": row["RT"],
                    "RT.Start": row["RT.Start"], "RT.Stop": row["RT.Stop"], "Precursor.Quantity": 4321.5,
                    "RT": [row["RT"] + 0.02 * (k - 2) for k in range(5)], "Weight": weight,
                    "Fragment": ["y4^1", "y5^1", "b3^1"], "Fragment.Share": share,
                    "Intensity.Raw": [1.1 * w * s for s in share for w in weight]})
    lists = {"RT", "Weight", "Fragment.Share", "Intensity.Raw"}
    types = {"Run": pyarrow.string(), "Precursor.Id": pyarrow.string(), "Decoy": pyarrow.uint8(), "Fragment": pyarrow.list_(pyarrow.string())}
    schema = pyarrow.schema([(name, pyarrow.list_(real) if name in lists else types.get(name, real)) for name in out[0]])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(out, schema), path, row_group_size=100)


def page_data(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL).group(1))


class Report(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="overland_")))
        cls.search = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", cls.shared / "out",
                              "--threads", 2, *sorted(EXAMPLE.glob("*.mzML.gz")))

    def setUp(self):
        super().setUp()
        self.check_succeeds(self.search)
        self.out = self.folder / "out"
        shutil.copytree(self.shared / "out", self.out)

    def test_a_search_writes_the_page_with_its_numbers(self):
        data = page_data(self.out / "report.html")
        report = rows(self.out / "report.parquet")
        self.assertEqual(data["ids"]["distinct"], len({row["Precursor.Id"] for row in report}))
        for name, count in zip(data["names"], data["ids"]["precursors"]):
            self.assertEqual(count, sum(row["Run"] == name for row in report))
        both = {row["Precursor.Id"] for row in report if row["Run"] == data["names"][0]} & \
               {row["Precursor.Id"] for row in report if row["Run"] == data["names"][1]}
        self.assertEqual(data["missing"]["complete"], len(both))
        self.assertEqual(sum(data["histograms"]["points"]["all"]), len([r for r in report if r["Points"] is not None]))
        self.assertEqual([curve[-1] for curve in data["qCurve"]["runs"]], data["ids"]["precursors"])
        self.assertTrue(data["models"][0]["curves"])
        self.assertLess((self.out / "report.html").stat().st_size, 2_000_000)

    def test_the_switch_leaves_it_out_and_the_command_makes_it_again(self):
        (self.out / "report.html").unlink()
        done = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", self.out, "--threads", 2,
                        "--overwrite", "--set", "report.html=false", *sorted(EXAMPLE.glob("*.mzML.gz")))
        self.check_succeeds(done)
        self.assertFalse((self.out / "report.html").exists())
        self.check_succeeds(overland("report", "--quiet", self.out))
        self.assertTrue((self.out / "report.html").exists())

    def test_a_browser_draws_it_without_complaint(self):
        write_xic(self.out / "xic.parquet", rows(self.out / "report.parquet"))
        part = {"lower_bound": 0.004, "combined": 0.008, "paired": 0.007}
        (self.out / "audit.json").write_text(json.dumps({"verdict_at": 0.01, "curves": [
            {"level": "precursor", "scope": "run", "verdict": EVIL, "targets": 500, "entrapments": 2, "fdp": part, "low_95": part,
             "high_95": part}]}))
        q = [0.001, 0.01, 0.05]
        pyarrow.parquet.write_table(pyarrow.table({"Level": ["precursor"] * 3, "Scope": ["run"] * 3, "Q.Value": q,
                                                   "Lower.Bound": q, "Combined": q, "Paired": q, "Paired.Low": q,
                                                   "Paired.High": q}), self.out / "audit.parquet")
        runs = pyarrow.parquet.read_table(self.out / "runs.parquet")
        at = runs.schema.get_field_index("Quad.Method")
        pyarrow.parquet.write_table(runs.set_column(at, "Quad.Method", pyarrow.array(["fitted"] * runs.num_rows)), self.out / "runs.parquet")
        self.check_succeeds(overland("report", "--quiet", self.out))
        dom, console = self.dom((self.out / "report.html").as_uri())
        self.assertEqual(console, [])
        self.assertIn('data-ready="yes"', dom)
        self.assertIn("Quadrupole transmission", dom)
        self.assertIn("area 4,322", dom)
        distinct = len({row["Precursor.Id"] for row in rows(self.out / "report.parquet")})
        self.assertRegex(dom, rf'<b id="n-precursors">{distinct}</b>')
        self.assertIn(html.escape(EVIL, quote=False), dom)
        self.assertIn("Claimed and measured: precursor, q-values in the runs", dom)
        for section in ("identifications", "fdr", "calibration", "chromatography", "quantities", "chromatograms", "runs",
                        "resources", "settings"):
            self.assertIn(f'<section id="{section}">', dom)
        self.assertGreater(dom.count("<svg"), 15)
        self.assertNotIn("NaN", re.sub(r"<script.*?</script>", "", dom, flags=re.DOTALL))
        self.assertIn("y5^1", dom)

    def make_cohort(self, runs):
        """The two runs over and over, each time with other quantities."""
        for file in ("runs.parquet", "report.parquet", "tic.parquet", "normalisation.parquet"):
            table = pyarrow.parquet.read_table(self.out / file)
            names = sorted(set(table.column("Run").to_pylist()))
            at = table.schema.get_field_index("Run")
            parts = []
            for i in range(runs):
                part = table.filter(pyarrow.compute.equal(table.column("Run"), names[i % len(names)]))
                part = part.set_column(at, "Run", pyarrow.array([f"cohort_{'AB'[i // 2 % 2]}_{i // 4}_{i % 2}"] * part.num_rows))
                for name in {"Precursor.Quantity", "Precursor.Normalised"} & set(part.column_names):
                    scaled = [v and v * (1 + 0.1 * ((37 * k + 11 * i) % 13)) for k, v in enumerate(part.column(name).to_pylist())]
                    part = part.set_column(part.schema.get_field_index(name), name, pyarrow.array(scaled, part.schema.field(name).type))
                parts.append(part)
            pyarrow.parquet.write_table(pyarrow.concat_tables(parts), self.out / file)

    def test_a_cohort_of_many_runs_is_drawn_together(self):
        self.make_cohort(72)
        self.check_succeeds(overland("report", "--quiet", self.out))
        data = page_data(self.out / "report.html")
        condition = [data["condition"][run] for run in data["correlation"]["run"]]
        self.assertEqual(len(condition), 60)
        self.assertEqual(condition, sorted(condition))
        dom, console = self.dom((self.out / "report.html").as_uri())
        self.assertEqual(console, [])
        shown = re.sub(r"<script.*?</script>", "", dom, flags=re.DOTALL)
        self.assertNotIn("NaN", shown)
        for text in ("nine tenths of the runs", "Correlation of runs", "60 of 72 rows"):
            self.assertIn(text, shown)

    def test_run_names_are_text_wherever_they_are(self):
        table = pyarrow.parquet.read_table(self.out / "runs.parquet")
        names = table.column("Run").to_pylist()
        for file in ("runs.parquet", "report.parquet"):
            table = pyarrow.parquet.read_table(self.out / file)
            place = table.schema.get_field_index("Run")
            evil = [EVIL if v == names[0] else v for v in table.column("Run").to_pylist()]
            pyarrow.parquet.write_table(table.set_column(place, "Run", pyarrow.array(evil)), self.out / file)
        self.check_succeeds(overland("report", "--quiet", self.out))
        self.assertEqual(page_data(self.out / "report.html")["names"][0], EVIL)
        dom, console = self.dom((self.out / "report.html").as_uri())
        self.assertEqual(console, [])
        self.assertNotIn("<script>alert", dom)

    def test_conditions_of_a_table(self):
        names = [row["Run"] for row in rows(self.out / "runs.parquet")]
        table = self.folder / "conditions.tsv"
        table.write_text("Run\tCondition\n" + "".join(f"{name}\tall\n" for name in names))
        self.check_succeeds(overland("report", "--quiet", self.out, "--conditions", table))
        data = page_data(self.out / "report.html")
        self.assertEqual(data["conditions"], ["all"])
        self.assertEqual([c["runs"] for c in data["cv"]], [2])
        table.write_text("Run\tCondition\nexampel_A_1\tx\n")
        self.check_fails(overland("report", self.out, "--conditions", table), 4, "OVL-IO-092", "exampel_A_1")
        table.write_text("Run\tGroup\nexample_A_1\tx\n")
        self.check_fails(overland("report", self.out, "--conditions", table), 4, "OVL-IO-091", "Condition")

    def test_other_folders_are_refused(self):
        self.check_fails(overland("report", self.folder), 2, "OVL-USE-040")
        self.check_fails(overland("report", self.folder / "absent"), 2, "OVL-USE-040")
        (self.out / "xic.parquet").write_bytes(b"PAR1 and nothing of use")
        self.check_fails(overland("report", self.out), 4, "OVL-IO-003", "xic.parquet")

    def test_the_server_gives_every_chromatogram_to_this_machine_alone(self):
        report = rows(self.out / "report.parquet")
        write_xic(self.out / "xic.parquet", report)
        with subprocess.Popen([BINARY, "report", "--quiet", "--serve", str(self.out)], stdout=subprocess.PIPE, text=True) as server:
            try:
                url = server.stdout.readline().strip()
                self.assertRegex(url, r"^http://127\.0\.0\.1:\d+/$")
                wanted = report[-1]["Precursor.Id"]

                def get(path):
                    with urllib.request.urlopen(url + path, timeout=30) as answer:
                        return answer.read()
                self.assertIn(wanted, json.loads(get("api/precursors?text=" + urllib.parse.quote(wanted))))
                traces = json.loads(get("api/xic?id=" + urllib.parse.quote(wanted)))
                self.assertEqual(len(traces), sum(row["Precursor.Id"] == wanted for row in report))
                self.assertEqual(traces[0]["weight"], [0, 50, 100, 50, 0])
                self.assertEqual(traces[0]["library"], [0.5, 0.333, 0.167])
                self.assertEqual(traces[0]["raw"][5:10], [0, 18.333, 36.667, 18.333, 0])
                self.assertEqual(json.loads(get("api/xic?id=NOSUCH2")), [])
                asked = urllib.request.Request(url, headers={"Host": "evil.example"})
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(asked, timeout=30)
                self.assertEqual(refused.exception.code, 403)
                refused.exception.close()
                dom, console = self.dom(url)
                self.assertEqual(console, [])
                self.assertIn("y5^1", dom)
            finally:
                server.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
