"""overland_VERSION_amd64.deb, by CPack: the program with Arrow in /usr/lib/overland; everything else from Debian 12."""
import notices
from bundle import BUILD, OUT, VERSION, build, libraries_of, run


def make():
    build()
    arrow = [file for file in libraries_of(BUILD / "bin" / "overland").values() if notices.debian_package(file) is None]
    notices.write(BUILD / "third-party-notices.txt", arrow)
    run("cpack", "-G", "DEB", "-B", OUT / "cpack", "--config", BUILD / "CPackConfig.cmake", cwd=BUILD)
    target = OUT / f"overland_{VERSION}_amd64.deb"
    (OUT / "cpack" / target.name).replace(target)
    return target
