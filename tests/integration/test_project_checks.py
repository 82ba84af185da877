"""The project's own checks find what they are for."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"


class Checks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def check(self, script, *options):
        done = subprocess.run([SCRIPTS / script, *options, str(self.root)], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def write_layers(self, layers, table):
        self.write("src/layers", "# first\n" + layers)
        self.write("docs/architecture.md", "| room | holds | may use |\n|---|---|---|\n" + table)

    def check_fails(self, *messages):
        status, output = self.check("check-includes")
        self.assertEqual(status, 1)
        for message in messages:
            self.assertIn(message, output)

    def test_includes_go_one_way(self):
        table = "| `io/text` | . | `base` |\n| `kernel` | . | `base` |\n| `base` | . | nothing |\n"
        self.write_layers("base:\nkernel: base\nio/text: base\n", table)
        self.write("src/base/a.h", "")
        self.write("src/io/text/b.h", '#include <arrow/api.h>\n#include "base/a.h"\n')
        self.write("src/kernel/c.cpp", '#include "base/a.h"\n')
        self.write("tests/support/d.h", "")
        self.write("src/kernel/c_test.cpp", '#include "support/d.h"\n')
        self.assertEqual(self.check("check-includes")[0], 0)
        for text, message in (('#include "io/text/b.h"', "kernel must not include io/text"),
                              ('#include "c.h"', 'write the folder'),
                              ('#include "support/d.h"', "only tests"),
                              ("# include <parquet/x.h>", "only io may include Arrow")):
            self.write("src/kernel/c.cpp", f"// first\n{text}\n")
            self.check_fails("src/kernel/c.cpp:2:", message)
        self.write("src/kernel/c.cpp", "")
        self.write("src/odd/e.h", "")
        self.check_fails("src/odd/e.h: 'odd' is not a room")

    def test_layers_have_no_circle_and_stand_in_the_document(self):
        self.write("src/base/a.h", "")
        self.write("src/kernel/b.h", '#include "run/c.h"\n')
        self.write("src/run/c.h", '#include "kernel/b.h"\n#include "base/a.h"\n')
        table = "| `run` | . | `kernel` |\n| `kernel` | . | `run`, `base` |\n| `base` | . | nothing |\n"
        self.write_layers("base:\nkernel: run base\nrun: kernel\n", table)
        self.check_fails("kernel uses run, which does not stand above it")
        self.write_layers("base:\nkernel: ^run base\nrun: kernel\n", table)
        self.assertEqual(self.check("check-includes")[0], 0)
        self.write_layers("base:\nkernel: ^run base\nrun: kernel other\n", table)
        self.check_fails("run uses other, which is no room", "the row of `run`")

    def test_error_codes_are_explained_once_and_used(self):
        table = "| code | meaning | what to do |\n|---|---|---|\n"
        self.write("src/base/a.cpp", 'fail("OVL-IO-001", x); // like "OVL-IO-777"\n')
        self.write("docs/errors.d/base.md", table + "| OVL-IO-001 | It is gone. | Find it. |\n")
        self.assertEqual(self.check("check-errors", "--write")[0], 0)
        self.assertEqual(self.check("check-errors")[0], 0)
        self.assertIn("| OVL-IO-001 | It is gone. | Find it. |", (self.root / "docs/errors.md").read_text())
        for name, text, message in (
                ("docs/errors.d/base.md", table + "| OVL-IO-001 | Other. | Find it. |\n", "out of date"),
                ("docs/errors.d/io.md", table + "| OVL-IO-001 | Twice. | Find it. |\n", "explained twice"),
                ("docs/errors.d/io.md", table + "| OVL-XX-001 | Odd. | Find it. |\n", "unknown kind"),
                ("docs/errors.d/io.md", table + "| OVL-IO-002 | Odd. |\n", "expected |"),
                ("docs/errors.d/io.md", table + "| OVL-IO-002 | Unused. | Find it. |\n", "OVL-IO-002 (io.md) is not used"),
                ("src/io/b.cpp", 'fail("OVL-IO-003", x);\n', "OVL-IO-003 (b.cpp) is not in docs/errors.d")):
            with self.subTest(message):
                path = self.root / name
                before = path.read_text() if path.exists() else None
                self.write(name, text)
                status, output = self.check("check-errors")
                self.assertEqual(status, 1)
                self.assertIn(message, output)
                if before is None:
                    path.unlink()
                else:
                    path.write_text(before)

    def test_documents_have_statuses_and_links_that_resolve(self):
        decision = "# 1. Work by window\n\nStatus: accepted, 2026-11-22.\n\nText with [a page](../guide/a.md#why-so).\n"
        self.write("docs/adr/0001-work-by-window.md", decision)
        self.write("docs/guide/a.md", "# A\n\n## Why so?\n\n`[not a link](nowhere.md)`\n")
        self.write("docs/benchmarks.md", "# Benchmarks\n")
        self.assertEqual(self.check("check-docs", "--write")[0], 0)
        self.assertEqual(self.check("check-docs")[0], 0)
        self.assertIn("| 1 | [Work by window](0001-work-by-window.md) | 2026-11-22 | accepted |",
                      (self.root / "docs/adr/README.md").read_text())
        for name, text, message in (
                ("docs/adr/0001-work-by-window.md", "# 1. Work by window\n\nText.\n", "expected '# N. Title' and 'Status:"),
                ("docs/adr/0001-work-by-window.md", decision.replace(", 2026-11-22", ""), "the status has no date"),
                ("docs/adr/0001-work-by-window.md", decision.replace("2026-11-22.", "2026-11-22; amended by [ADR 2](0002-b.md)."),
                 "amended by ADR 2, whose status does not name ADR 1"),
                ("docs/adr/0002-b.md", "# 2. B\n\nStatus: accepted, 2026-11-23.\n\n", "docs/adr/README.md is out of date"),
                ("README.md", "[gone](docs/gone.md)", "README.md: docs/gone.md does not exist"),
                ("README.md", "[gone](docs/guide/a.md#why-not)", "no such heading"),
                ("docs/benchmarks.md", "line\n" * 81, "has 81 lines"),
                ("docs/benchmarks.md", "", "has 0 lines")):
            with self.subTest(message):
                path = self.root / name
                before = path.read_text() if path.exists() else None
                self.write(name, text)
                status, output = self.check("check-docs")
                self.assertEqual(status, 1)
                self.assertIn(message, output)
                if before is None:
                    path.unlink()
                else:
                    path.write_text(before)


if __name__ == "__main__":
    unittest.main()
