"""The notices of the software that a package holds: for each library the copyright file of its Debian package, for
Arrow the licence files of its wheel, and for libraries of which only headers are compiled in those of their -dev
packages. The common licences to which copyright files refer follow in full."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Installed to build, but no part of the program.
TOOLS = {"libgtest-dev", "libbenchmark-dev"}
COMMON = pathlib.Path("/usr/share/common-licenses")
HEAD = """Overland is licensed under the Apache License 2.0 (LICENSE). This package also holds the following software, each under
its own licence. The sources of the Debian packages are offered by Debian under the name and version given here
(https://snapshot.debian.org); the libraries are separate files, which other builds of them can replace.
"""


def debian_package(file):
    """The package that installed a file, or None. /lib and /usr/lib are one folder, of which dpkg knows either name."""
    for name in {str(file), str(file.resolve()), f"/usr{file}", str(file.resolve()).removeprefix("/usr")}:
        done = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return None


def source_of(package):
    """The source package and its version: 'expat 2.5.0-1'."""
    form = "${source:Package} ${source:Version}\n"
    done = subprocess.run(["dpkg-query", "--show", f"--showformat={form}", package], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


def header_packages():
    text = (ROOT / "scripts" / "setup").read_text(encoding="utf-8")
    listed = re.search(r"^packages=\((.*?)\)", text, re.MULTILINE | re.DOTALL)[1].split()
    return {name for name in listed if name.endswith("-dev")} - TOOLS


def wheel_licences(file):
    """The licence files of the unpacked wheel that holds a file."""
    found = sorted(file.resolve().parent.parent.glob("*.dist-info/licenses/*"))
    if not found:
        raise SystemExit(f"package: no licence is known for {file}")
    return found


def sections(files):
    """(title, licence file), each licence once."""
    packages, others = header_packages(), {}
    for file in files:
        package = debian_package(file)
        if package is not None:
            packages.add(package)
        else:
            others.update({licence: licence.parent.parent.name.removesuffix(".dist-info").replace("-", " ")
                           for licence in wheel_licences(file)})
    titles = {}
    for package in sorted(packages):
        titles.setdefault(source_of(package), []).append(package)
    for source, names in titles.items():
        yield f"Debian source package {source} ({', '.join(names)})", pathlib.Path("/usr/share/doc") / names[0] / "copyright"
    for licence, name in sorted(others.items()):
        yield f"{name}, {licence.name}", licence


def write(target, files):
    """Writes the notices of the libraries `files` and of all headers."""
    parts, referred = [HEAD], set()
    for title, licence in sections(files):
        text = licence.read_text(encoding="utf-8", errors="replace")
        referred |= set(re.findall(r"/usr/share/common-licenses/([\w.-]*\w)", text))
        parts.append(f"\n{'=' * 100}\n{title}\n{'=' * 100}\n\n{text}")
    for name in sorted(referred):
        if (COMMON / name).is_file():
            parts.append(f"\n{'=' * 100}\nLicence {name}\n{'=' * 100}\n\n{(COMMON / name).read_text(encoding='utf-8')}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(parts), encoding="utf-8")
