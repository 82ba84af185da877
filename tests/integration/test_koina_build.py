"""build-library through a prediction service: a local server that speaks its protocol."""
import http.server
import json
import re
import threading
import unittest

import pyarrow.ipc

from program import ProgramTest, overland

FASTA = ">sp|P1|ONE_TEST First GN=one\nMAAAGELSNKVTFPEDLLRAAEWLTGVK\n>sp|P2|TWO_TEST Second GN=two\nMGDSWELTPEKLLQNIVAGGR\n"
PROTON, WATER = 1.00727646688, 18.0105646837
MASS = dict(G=57.02146372, A=71.03711379, S=87.03202841, P=97.05276385, V=99.06841391, T=101.04767847, L=113.08406398,
            I=113.08406398, N=114.04292744, D=115.02694303, Q=128.05857751, K=128.09496302, E=129.04259309,
            M=131.04048461, F=147.06841391, R=156.10111103, W=186.07931295)


def prosit(sequence):
    """174 places: y and b of 29 bonds, charges 1 to 3; impossible ions are -1."""
    intensity, mz, names = [-1.0] * 174, [-1.0] * 174, ["y1+1"] * 174
    masses = [MASS[r] + (15.99491462 if oxidised else 0) for r, oxidised in re.findall(r"([A-Z])(\[UNIMOD:35\])?", sequence)]
    for bond in range(29):
        for kind, letter in enumerate("yb"):
            for charge in (1, 2, 3):
                at = bond * 6 + kind * 3 + charge - 1
                names[at] = f"{letter}{bond + 1}+{charge}"
                if bond + 1 >= len(masses) or charge > 1:
                    continue
                part = masses[-bond - 1:] if letter == "y" else masses[:bond + 1]
                mz[at] = sum(part) + PROTON + (WATER if letter == "y" else 0)
                intensity[at] = 1.0 / (bond + 1) if letter == "y" else 0.1
    return intensity, mz, names


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self.path)
        if self.server.failures > 0:
            self.server.failures -= 1
            return self.answer(503, {"error": "busy"})
        sequences = body["inputs"][0]["data"]
        n = len(sequences)
        if "Chronologer" in self.path:
            outputs = [{"name": "rt", "datatype": "FP32", "shape": [n, 1], "data": [float(len(s)) for s in sequences]}]
        else:
            answers = [prosit(s) for s in sequences]
            outputs = [{"name": name, "datatype": kind, "shape": [n, 174], "data": [v for a in answers for v in a[i]]}
                       for i, (name, kind) in enumerate([("intensities", "FP32"), ("mz", "FP32"), ("annotation", "BYTES")])]
        return self.answer(200, {"outputs": outputs})

    def answer(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if status == 503:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class KoinaBuild(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.server.asked, self.server.failures = [], 1
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        (self.folder / "two.fasta").write_text(FASTA)

    def build(self, name):
        return overland("build-library", "--quiet", "--fasta", self.folder / "two.fasta", "--out", self.folder / name,
                        "--set", "precursors.min_charge=2", "--set", "precursors.max_charge=2",
                        "--predictor", "koina:prosit_2020_hcd+chronologer", "--koina-url",
                        f"http://127.0.0.1:{self.server.server_port}/v2/models", "--koina-cache",
                        self.folder / "answers.koina")

    def test_build_and_again_from_the_cache(self):
        self.check_succeeds(self.build("a.lib"))
        table = pyarrow.ipc.open_file(self.folder / "a.lib" / "precursors.arrow").read_all().to_pylist()
        targets = {row["modified_sequence"]: row["irt"] for row in table if not row["is_decoy"]}
        self.assertIn("VTFPEDLLR", targets)
        self.assertEqual(targets["VTFPEDLLR"], len("VTFPEDLLR"))
        asked = len(self.server.asked)
        self.assertGreaterEqual(asked, 3)  # one of them failed at first
        self.check_succeeds(self.build("b.lib"))
        self.assertEqual(len(self.server.asked), asked)
        self.assertEqual((self.folder / "a.lib" / "fragments.arrow").read_bytes(),
                         (self.folder / "b.lib" / "fragments.arrow").read_bytes())


if __name__ == "__main__":
    unittest.main()
