"""Installed distributions that a process of Python sees, by the names of their folders: no Python of the host is run."""

import itertools
import os
import re

from crashcart_collector.reads import small

MAX_FOLDERS, MAX_PACKAGES, MAX_NAMES = 16, 2000, 20000


def python_packages(folder: str, root: str, paths: "list[str]") -> "dict[str, list[str]]":
    """Folder of packages -> `name version`. Its folders are those of mapped extensions, and that of a virtual environment."""
    places = set()
    for path in paths:
        found = re.match(r"(/.*/(?:site|dist)-packages)/", path)
        if found:
            places.add(found.group(1))
    program = small(folder + "/cmdline").split(b"\0")[0].decode("utf-8", "replace")
    # A virtual environment is the folder of the interpreter's name: pyvenv.cfg, PEP 405.
    home = os.path.dirname(os.path.dirname(program))
    if re.match(r"/.*/python[\d.]*$", program) and os.path.exists(root + home + "/pyvenv.cfg"):
        places.update(home + "/lib/" + name + "/site-packages" for name in names_in(root + home + "/lib") if name.startswith("python"))
    packages = {}
    for place in sorted(places)[:MAX_FOLDERS]:
        known = [re.match(r"(.+?)-([^-]+)\.(?:dist|egg)-info$", name) for name in names_in(root + place)]
        packages[place] = sorted("%s %s" % one.groups() for one in known if one)[:MAX_PACKAGES]
    return packages


def names_in(folder: str) -> "list[str]":
    """The first names of a folder, which may be that of a container."""
    try:
        return [entry.name for entry in itertools.islice(os.scandir(folder), MAX_NAMES)]
    except OSError:
        return []
