"""overland-VERSION-linux-x86_64.tar.gz: the bundle."""
import tarfile

from bundle import OUT, VERSION

NAME = f"overland-{VERSION}-linux-x86_64"


def anonymous(entry):
    """No names of the machine that packed it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def make(bundle):
    target = OUT / f"{NAME}.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        archive.add(bundle, NAME, filter=anonymous)
    return target
