"""overland-VERSION-container.tar: an OCI archive. Its root file system is a minimal Debian 12 with the .deb, made by
mmdebstrap; Containerfile turns it into an image with a user who is not root."""
import shutil

from bundle import OUT, ROOT, VERSION, fresh, run

# For workflow programs, which run `ps` and bash in the container.
TOOLS = ["ca-certificates", "procps"]
NO_DOCUMENTS = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "info", "locale")]

STORAGE = ["--storage-driver=vfs"]  # plain folders, which work everywhere
ADD_USER = """echo overland:x:1000: >> "$1/etc/group" && echo overland:x:1000:1000::/home/overland:/bin/bash >> "$1/etc/passwd" &&
mkdir "$1/home/overland" "$1/data" && chown 1000:1000 "$1/home/overland" "$1/data" """


def depends_of(deb):
    """The first of each alternative."""
    listed = run("dpkg-deb", "--field", deb, "Depends").strip()
    return [one.split("|")[0].split("(")[0].strip() for one in listed.split(",")]


def make_root(deb, target):
    run("mmdebstrap", "--variant=essential", f"--include={','.join(TOOLS + depends_of(deb))}", *NO_DOCUMENTS,
        f"--customize-hook=copy-in {deb} /tmp", f'--customize-hook=chroot "$1" dpkg --install /tmp/{deb.name}',
        f'--customize-hook=rm "$1/tmp/{deb.name}"',
        f"--customize-hook={ADD_USER}",
        '--customize-hook=rm -rf "$1"/var/cache/* "$1"/var/log/*', "bookworm", target)


def make(deb):
    context = fresh(OUT / "container")
    make_root(deb, context / "root.tar")
    shutil.copyfile(ROOT / "packaging" / "Containerfile", context / "Containerfile")
    image, target = f"localhost/overland:{VERSION}", OUT / f"overland-{VERSION}-container.tar"
    target.unlink(missing_ok=True)
    run("buildah", "build", *STORAGE, "--isolation=chroot", "--build-arg", f"VERSION={VERSION}", "--tag", image, context)
    run("buildah", "push", *STORAGE, image, f"oci-archive:{target}:{image}")
    run("buildah", "rmi", *STORAGE, image)
    return target
