"""Root file systems in which packages are tried: Debian releases made by mmdebstrap, and one with a shell alone. Commands
run in them as in a container, without the network unless it is asked for. Needs root."""
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "build" / "packages"
# Debian release -> version of its C library, and the variant and packages of its root.
RELEASES = {"bullseye": "2.31", "bookworm": "2.36", "trixie": "2.41"}
PYTHON = "python3,python3-pip,python3-venv"
ENTER = """mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && shift && exec chroot "$@" """
APPLETS = ("sh", "cp", "dirname", "env", "ls", "readlink")


def is_possible():
    return os.geteuid() == 0 and shutil.which("mmdebstrap") is not None


def debian_tar(release, include=""):
    """A new release's root as a tar file; made once for all tests of a run of the tests."""
    target = PACKAGES / "roots" / f"{release}{'-' + include if include else ''}.tar"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_suffix(".new.tar")
        packages = [f"--include={include}"] if include else []
        subprocess.run(["mmdebstrap", "--quiet", "--variant=apt", *packages, release, new], check=True, timeout=900)
        new.rename(target)
    return target


class Chroot:
    """A folder with a root file system, which `remove` deletes."""

    def __init__(self, tar=None):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="overland_root_"))
        self.root.chmod(0o755)
        if tar is not None:
            subprocess.run(["tar", "--extract", "--file", tar, "--directory", self.root], check=True)
        for name in ("proc", "dev", "tmp"):
            (self.root / name).mkdir(exist_ok=True)

    @classmethod
    def bare(cls):
        """No library and no program but for a shell with a few commands, in one static file."""
        made = cls()
        (made.root / "bin").mkdir()
        shutil.copy(shutil.which("busybox"), made.root / "bin" / "busybox")
        for applet in APPLETS:
            (made.root / "bin" / applet).symlink_to("busybox")
        return made

    def run(self, *command, network=False, user=None, timeout=900):
        """The finished process; stdout and stderr are one text."""
        namespaces = ["--mount", "--pid", "--fork", *([] if network else ["--net"])]
        as_user = [f"--userspec={user}"] if user else []
        if network:
            shutil.copyfile("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                       "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.run(
            ["unshare", *namespaces, "sh", "-c", ENTER, "sh", self.root, *as_user, self.root, *map(str, command)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False)

    def path(self, inside):
        return self.root / str(inside).lstrip("/")

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)
