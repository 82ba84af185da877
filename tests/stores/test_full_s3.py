"""Searches from and to s3://, with a server on the loopback interface; part of ./run-tests --full."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest
import urllib.request

import pyarrow.fs

from program import BINARY, ProgramTest, overland, tables
from servers import ACCESS, SERVERS, Relay, s3_server

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
RUNS = sorted(run.name for run in EXAMPLE.glob("*.mzML.gz"))
# Makes a user who may do all, prints its keys, and from then on only users of the server are let in.
MAKE_USER = """
import json, sys, boto3
client = boto3.client("iam", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
client.create_user(UserName="u")
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
client.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(policy))
key = client.create_access_key(UserName="u")["AccessKey"]
print(key["AccessKeyId"], key["SecretAccessKey"])
"""


class S3(ProgramTest):
    def setUp(self):
        super().setUp()
        self.port = self.enterContext(s3_server())
        self.stage = self.folder / "stage"
        self.files = pyarrow.fs.S3FileSystem(
            access_key=ACCESS["AWS_ACCESS_KEY_ID"], secret_key=ACCESS["AWS_SECRET_ACCESS_KEY"],
            endpoint_override=f"127.0.0.1:{self.port}", scheme="http", region="us-east-1", allow_bucket_creation=True)
        self.files.create_dir("bucket")
        for name in (*RUNS, "library.tsv.gz"):
            self.put(name, (EXAMPLE / name).read_bytes())

    def put(self, name, content):
        # Else pyarrow would compress what has a name in .gz once more.
        with self.files.open_output_stream(f"bucket/{name}", compression=None) as stream:
            stream.write(content)

    def download(self, name):
        pyarrow.fs.copy_files(f"bucket/{name}", str(self.folder / "downloaded"), source_filesystem=self.files)
        return self.folder / "downloaded"

    def environment(self, port=None):
        return {**ACCESS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}", "OVERLAND_STAGE_DIR": str(self.stage)}

    def run_remotely(self, *arguments, port=None):
        return overland(*arguments, environment=self.environment(port))

    def convert(self, uri, port=None):
        return self.run_remotely("convert", uri, "--out", self.folder / "out", "--overwrite", port=port)

    def command(self, out="s3://bucket/results"):
        return ("search", "--tsv", "--threads", 2, "--library", "s3://bucket/library.tsv.gz", "--out", out,
                *(f"s3://bucket/{name}" for name in RUNS))

    def search_locally(self):
        local = self.folder / "local"
        self.check_succeeds(overland("search", "--quiet", "--tsv", "--threads", 2, "--library", EXAMPLE / "library.tsv.gz",
                                     "--out", local, *(EXAMPLE / name for name in RUNS)))
        return tables(local)

    def is_there(self, name):
        return self.files.get_file_info(f"bucket/{name}").type == pyarrow.fs.FileType.File

    def staged_files(self):
        return [file.name for file in self.stage.rglob("*") if file.is_file()]

    def test_a_search_gives_the_bytes_of_a_local_one(self):
        expected = self.search_locally()
        self.check_succeeds(self.run_remotely(*self.command()))
        self.assertEqual(tables(self.download("results")), expected)
        again = self.run_remotely(*self.command())
        self.check_succeeds(again)
        self.assertEqual(again.stderr.count("unchanged since it was downloaded"), 3)
        self.files.delete_file("bucket/results/report.html")
        self.check_succeeds(self.run_remotely("report", "s3://bucket/results"))
        self.assertTrue(self.is_there("results/report.html"))

    def test_an_upload_that_was_killed_is_incomplete_and_the_same_command_completes_it(self):
        expected = self.search_locally()
        self.check_succeeds(self.run_remotely(*self.command()))
        self.assertTrue(self.is_there("results/manifest.json"))
        relay = Relay(self.port)
        self.addCleanup(relay.close)
        environment = {**os.environ, **self.environment(relay.port)}
        # The endpoint is part of what identifies a local copy; the results are made anew.
        process = subprocess.Popen([BINARY, *map(str, self.command())], env=environment, stderr=subprocess.DEVNULL)

        def kill_at_a_table(line):
            if "protein_groups" in line or "precursors_wide" in line:
                process.kill()
        relay.on_request = kill_at_a_table
        self.assertEqual(process.wait(timeout=300), -signal.SIGKILL)
        self.assertFalse(self.is_there("results/manifest.json"))
        self.check_fails(self.run_remotely("report", "s3://bucket/results"), 4, "OVL-IO-147")
        relay.on_request = lambda line: None
        self.check_succeeds(self.run_remotely(*self.command(), port=relay.port))
        self.assertEqual(tables(self.download("results")), expected)
        self.assertTrue(self.is_there("results/manifest.json"))

    def test_a_connection_that_breaks_once_is_tried_again(self):
        relay = Relay(self.port, cut_after=100000, cuts=2)
        self.addCleanup(relay.close)
        self.check_succeeds(self.convert(f"s3://bucket/{RUNS[0]}", relay.port))
        self.assertEqual(relay.was_cut, 2)
        copy = next(self.stage.rglob(RUNS[0]))
        self.assertEqual(copy.read_bytes(), (EXAMPLE / RUNS[0]).read_bytes())

    def test_a_connection_that_breaks_always_is_an_error_and_leaves_no_copy(self):
        relay = Relay(self.port, cut_after=100000, cuts=10**6)
        self.addCleanup(relay.close)
        self.check_fails(self.convert(f"s3://bucket/{RUNS[0]}", relay.port), 4, "OVL-IO-144")
        self.assertEqual(self.staged_files(), [])
        self.assertLess(relay.was_cut, 20)
        relay.close()
        self.check_fails(self.convert(f"s3://bucket/{RUNS[0]}", relay.port), 4, "OVL-IO-144")

    def test_ctrl_c_ends_a_download_that_stalls(self):
        relay = Relay(self.port, stall_after=100000)
        self.addCleanup(relay.close)
        process = subprocess.Popen(
            [BINARY, "convert", f"s3://bucket/{RUNS[0]}", "--out", str(self.folder / "out")], stderr=subprocess.PIPE, text=True,
            env={**os.environ, **self.environment(relay.port)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.assertTrue(relay.stalled.wait(60))
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=20)[1]
        self.assertEqual(process.returncode, 130, errors)
        self.assertEqual(self.staged_files(), [])

    def test_wrong_places_have_coded_errors(self):
        for uri, code in ((f"s3://none/{RUNS[0]}", "OVL-IO-142"), ("s3://bucket/none.mzML", "OVL-IO-142"),
                          ("s3://bucket/a.mzML?nonsense=1", "OVL-IO-141")):
            self.check_fails(self.convert(uri), 4, code)
        done = self.run_remotely("convert", f"s3://bucket/{RUNS[0]}", "--out", "s3://none/out")
        self.check_fails(done, 4, "OVL-IO-142")

    def test_wrong_credentials_are_an_error_and_right_ones_in_the_uri_stay_secret(self):
        address = f"http://127.0.0.1:{self.port}"
        keys = subprocess.run([SERVERS / "python", "-c", MAKE_USER, address], capture_output=True, text=True, check=True).stdout
        user, secret = keys.split()
        urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset-auth", data=b"0",
                                                      headers={"Content-Type": "text/plain"})).close()
        self.check_fails(self.convert(f"s3://bucket/{RUNS[0]}"), 4, "OVL-IO-143")
        place = f"s3://{user}:{secret.replace('/', '%2F').replace('+', '%2B')}@bucket"
        done = self.run_remotely("search", "--library", f"{place}/library.tsv.gz", "--out", f"{place}/results",
                                 f"{place}/{RUNS[0]}")
        self.check_succeeds(done)
        written = [file for file in self.stage.rglob("*") if file.is_file()]
        self.assertIn("log.txt", [file.name for file in written])
        for text in (done.stderr.encode(), *(file.read_bytes() for file in written)):
            for kept in (user, secret):
                self.assertNotIn(kept.encode(), text)
        config = json.loads(next(self.stage.rglob("config.json")).read_text())
        self.assertEqual(config["inputs"]["runs"][0]["uri"], f"s3://bucket/{RUNS[0]}")

    def test_a_changed_object_is_downloaded_again(self):
        self.check_succeeds(self.convert(f"s3://bucket/{RUNS[0]}"))
        first = (self.folder / "out" / "example_A_1.arrow").read_bytes()
        self.put(RUNS[0], (EXAMPLE / RUNS[1]).read_bytes())
        self.check_succeeds(self.convert(f"s3://bucket/{RUNS[0]}"))
        self.assertNotEqual((self.folder / "out" / "example_A_1.arrow").read_bytes(), first)

    def test_a_library_folder_is_uploaded_and_searched(self):
        self.check_succeeds(self.run_remotely("import-library", "s3://bucket/library.tsv.gz", "--out", "s3://bucket/a.lib"))
        self.assertTrue(self.is_there("a.lib/library.json"))
        shutil.rmtree(self.stage)
        self.check_succeeds(self.run_remotely("search", "--library", "s3://bucket/a.lib", "--out", self.folder / "found",
                                              f"s3://bucket/{RUNS[0]}"))
        self.assertTrue((self.folder / "found" / "manifest.json").exists())


if __name__ == "__main__":
    unittest.main()
