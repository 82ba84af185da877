"""Servers of object stores on the loopback interface, and a relay in front of one that breaks connections."""
import contextlib
import os
import pathlib
import socket
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

DEPS = pathlib.Path(os.environ.get("OVERLAND_DEPS") or pathlib.Path(__file__).resolve().parents[2] / ".deps")
SERVERS = DEPS / "stores" / "bin"
ACCESS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "test-secret-0815", "AWS_EC2_METADATA_DISABLED": "true"}
os.environ.update(ACCESS)  # for pyarrow in the tests


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(name, *arguments, path):
    """Port of the server `name`, which answers at `path`; {port} in the arguments is the port."""
    if not (SERVERS / name).exists():
        raise unittest.SkipTest(f"no {name} in {SERVERS}: run scripts/setup --stores")
    port = free_port()
    process = subprocess.Popen([SERVERS / name, *(each.format(port=port) for each in arguments)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


def s3_server():
    return running("moto_server", "-H", "127.0.0.1", "-p", "{port}", path="/moto-api/")


def google_server():
    return running("gcp-storage-emulator", "start", "--host=127.0.0.1", "--port={port}", "--in-memory",
                   "--default-bucket=bucket", path="/")


class Relay:
    """Passes connections on to a server. `cut_after`: answers are cut after so many bytes, in the first `cuts` answers that
    are longer; `stall_after`: nothing more is passed after so many bytes of one answer. `requests`: the first line of each
    request."""

    def __init__(self, port, cut_after=None, cuts=0, stall_after=None):
        self.server = port
        self.cut_after, self.cuts, self.stall_after = cut_after, cuts, stall_after
        self.was_cut = 0
        self.requests = []
        self.on_request = lambda line: None
        self.stalled = threading.Event()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        server = socket.create_connection(("127.0.0.1", self.server))
        threading.Thread(target=self.pass_requests, args=(client, server), daemon=True).start()
        with contextlib.suppress(OSError):
            self.pass_answers(server, client)
        for each in (client, server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def pass_requests(self, client, server):
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if data.split(b" ", 1)[0] in (b"GET", b"HEAD", b"PUT", b"POST", b"DELETE"):
                    line = data.split(b"\r\n", 1)[0].decode("latin-1")
                    self.requests.append(line)
                    self.on_request(line)
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def pass_answers(self, server, client):
        passed = 0
        while data := server.recv(65536):
            if data.startswith(b"HTTP/"):
                passed = 0
            passed += len(data)
            if self.stall_after is not None and passed > self.stall_after:
                self.stalled.set()
                time.sleep(30)
                return
            with self.lock:
                is_cut = self.cut_after is not None and passed > self.cut_after and self.was_cut < self.cuts
                self.was_cut += is_cut
            if is_cut:
                client.sendall(data[:max(0, len(data) - (passed - self.cut_after))])
                return
            client.sendall(data)
