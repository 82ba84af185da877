"""mzXML: a simulated run as mzXML gives the search of the same run as mzML."""
import base64
import gzip
import pathlib
import re
import struct
import unittest
import xml.etree.ElementTree as ET
import zlib

from program import ProgramTest, overland, tables

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
NAME = "{http://psi.hupo.org/ms/mzml}"
ATTRIBUTES = {"MS:1000511": "msLevel", "MS:1000285": "totIonCurrent", "MS:1000501": "startMz", "MS:1000500": "endMz",
              "MS:1000138": "collisionEnergy", "MS:1001581": "compensationVoltage"}


def terms_of(spectrum):
    return {term.get("accession"): term.get("value") for term in spectrum.iter(NAME + "cvParam")}


def values_of(spectrum):
    """m/z and intensity; the simulator writes 32-bit floats with zlib."""
    for binary in spectrum.iter(NAME + "binary"):
        packed = zlib.decompress(base64.b64decode(binary.text or ""))
        yield struct.unpack(f"<{len(packed) // 4}f", packed)


def peaks_of(spectrum, compression, precision):
    mz, intensity = values_of(spectrum)
    pairs = [value for pair in zip(mz, intensity) for value in pair]
    data = struct.pack(f">{len(pairs)}{'f' if precision == 32 else 'd'}", *pairs)
    if compression == "zlib":
        data = zlib.compress(data)
    return (f'<peaks compressionType="{compression}" compressedLen="{len(data)}" precision="{precision}" byteOrder="network" '
            f'contentType="m/z-int">{base64.b64encode(data).decode()}</peaks>')


def scan_of(spectrum, compression, precision):
    """The element without its end, for scans may lie inside it."""
    terms = terms_of(spectrum)
    number = re.search(r"scan=(\d+)", spectrum.get("id"))[1]
    attributes = "".join(f' {name}="{terms[accession]}"' for accession, name in ATTRIBUTES.items() if accession in terms)
    time = float(terms["MS:1000016"]) * 60
    precursor = ""
    if "MS:1000827" in terms:
        width = float(terms["MS:1000828"]) + float(terms["MS:1000829"])
        precursor = f'<precursorMz precursorIntensity="0" activationMethod="HCD" windowWideness="{width!r}">{terms["MS:1000827"]}</precursorMz>'
    return (f'<scan num="{number}" scanType="Full" centroided="1" polarity="+" peaksCount="{spectrum.get("defaultArrayLength")}" '
            f'retentionTime="PT{time!r}S"{attributes}>{precursor}{peaks_of(spectrum, compression, precision)}')


def as_mzxml(mzml, compression="zlib", precision=32, is_nested=True):
    """The text of the same run as mzXML; with `is_nested`, MS2 scans lie inside the survey scan before them."""
    parts, is_open = [], False
    for spectrum in ET.fromstring(mzml).iter(NAME + "spectrum"):
        is_survey = terms_of(spectrum)["MS:1000511"] == "1"
        if is_survey and is_open:
            parts.append("</scan>")
            is_open = False
        parts.append(scan_of(spectrum, compression, precision))
        if is_survey and is_nested:
            is_open = True
        else:
            parts.append("</scan>")
    if is_open:
        parts.append("</scan>")
    return ('<?xml version="1.0" encoding="ISO-8859-1"?>\n<mzXML xmlns="http://sashimi.sourceforge.net/schema_revision/mzXML_3.2">'
            f'<msRun><dataProcessing centroided="1"/>{"".join(parts)}</msRun></mzXML>\n')


class MzXml(ProgramTest):
    def setUp(self):
        super().setUp()
        self.source = sorted(EXAMPLE.glob("*.mzML.gz"))[0]
        self.name = self.source.name.removesuffix(".mzML.gz")
        self.mzml = gzip.decompress(self.source.read_bytes())

    def results(self, run):
        out = self.folder / f"out_{run.parent.name}"
        done = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", out, run)
        self.check_succeeds(done)
        return tables(out)

    def test_a_search_gives_the_tables_of_the_same_run_as_mzml(self):
        expected = self.results(self.source)
        variants = {"nested": (".mzXML", {}), "packed": (".mzXML.gz", {"compression": "none", "precision": 64, "is_nested": False})}
        for folder, (ending, form) in variants.items():
            (self.folder / folder).mkdir()
            run = self.folder / folder / (self.name + ending)
            text = as_mzxml(self.mzml, **form).encode()
            run.write_bytes(gzip.compress(text) if ending.endswith(".gz") else text)
            self.assertEqual(self.results(run), expected, folder)

    def test_windows_without_width_are_told_as_of_mzml(self):
        text = re.sub(r' windowWideness="[^"]*"', "", as_mzxml(self.mzml))
        run = self.folder / "narrow.mzXML"
        run.write_text(text)
        bare = re.sub(rb'<cvParam cvRef="MS" accession="MS:100082[89]"[^>]*>', b"", self.mzml)
        twin = self.folder / "narrow.mzML"
        twin.write_bytes(bare)
        said = []
        for file in (run, twin):
            done = overland("convert", file, "--out", self.folder / file.suffix)
            codes = re.findall(r"OVL-RUN-\d+", done.stderr)
            said.append((done.returncode, codes))
        self.assertEqual(said[0], said[1])
        self.assertTrue(said[0][1])

    def test_a_cut_file_is_refused(self):
        run = self.folder / "cut.mzXML"
        text = as_mzxml(self.mzml)
        run.write_text(text[:len(text) // 2])
        self.check_fails(overland("convert", run, "--out", self.folder / "out"), 4, "OVL-IO-003", "cut.mzXML")


if __name__ == "__main__":
    unittest.main()
