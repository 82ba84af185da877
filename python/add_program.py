"""Adds the program to the wheel: the bundle that scripts/package makes (packaging/bundle.py)."""
import os
import pathlib

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The bundle brings its own C library, so that the wheel needs no certain one: the oldest tag that all versions of pip
# in use know.
TAG = "py3-none-manylinux_2_17_x86_64"


class AddProgram(BuildHookInterface):
    def initialize(self, version, build_data):
        bundle = pathlib.Path(os.environ.get("OVERLAND_BUNDLE", ""))
        if not (bundle / "libexec" / "overland").is_file():
            raise SystemExit("The wheel holds the program: 'scripts/package wheel' builds both.")
        build_data["pure_python"] = False
        build_data["tag"] = TAG
        build_data["force_include"].update({
            str(bundle / "bin"): "overland/bundle/bin",
            str(bundle / "libexec"): "overland/bundle/libexec",
            str(bundle / "lib"): "overland/bundle/lib",
            str(bundle / "share" / "doc" / "overland" / "third-party-notices.txt"):
                "overland/bundle/third-party-notices.txt",
            str(bundle / "share" / "doc" / "overland" / "LICENSE"): "overland/bundle/LICENSE",
            str(bundle / "share" / "doc" / "overland" / "NOTICE"): "overland/bundle/NOTICE",
        })
