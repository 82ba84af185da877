"""overland-VERSION-0.conda for linux-64: the bundle, packed by rattler-build."""
import json

from bundle import OUT, VERSION, run, tools

PACK = """
import json, sys
from rattler_build import assemble_package
print(assemble_package(**json.loads(sys.argv[1])).path)
"""


def make(bundle):
    documents = bundle / "share" / "doc" / "overland"
    # The bundle finds its files by its own place, so that no prefix is to be replaced in them.
    description = {
        "name": "overland", "version": VERSION, "target_platform": "linux-64", "build_string": "0",
        "output_dir": str(OUT), "files_dir": str(bundle), "detect_prefix": False, "license": "Apache-2.0",
        "summary": "Search engine for DIA proteomics", "compression_level": 6,
        "license_files": [str(documents / name) for name in ("LICENSE", "NOTICE", "third-party-notices.txt")],
    }
    run(tools(), "-c", PACK, json.dumps(description))
    return OUT / f"overland-{VERSION}-0.conda"
