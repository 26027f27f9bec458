"""Programs and libraries that a process has mapped, with what their symbols are found by."""

import os

from crashcart_collector.elf import elf_facts
from crashcart_collector.python_packages import names_in, python_packages
from crashcart_collector.reads import FLAGS, Miss, slurp

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head

MAX_OBJECTS = 512
MAX_LIST_BYTES = 128 << 20  # in all: of a container they may be anything
MAX_STATUS = 16 << 20
DEBUG = "/usr/lib/debug"


def mapped_objects(asked: "Any") -> "Head":
    """Objects with executable mappings: proc_pid_maps(5). A deleted one is read through map_files, which needs root."""
    folder = "/proc/%d" % int(asked["argument"])
    places = {}  # type: dict[tuple[str, str], tuple[str, str]]
    for line in slurp(folder + "/maps", 32 << 20).decode("utf-8", "replace").splitlines():
        words = line.split(None, 5)
        if len(words) == 6 and "x" in words[1] and words[4] != "0" and words[5].startswith("/"):
            places.setdefault((words[3], words[4]), (words[5], words[0]))
    # The files of the process: those of its container, if it is in one.
    root = "" if same_root(folder) else folder + "/root"
    objects = []  # type: list[Head]
    for (_, inode), (path, addresses) in list(places.items())[:MAX_OBJECTS]:
        deleted = path.endswith(" (deleted)")
        found = {"path": path[:-10] if deleted else path, "deleted": deleted}  # type: Head
        fd = opened(folder, addresses, "" if deleted else path, int(inode))
        if fd is None:
            objects.append(found)
            continue
        try:
            facts = elf_facts(fd)
        except OSError:
            facts = {}
        finally:
            os.close(fd)
        if facts is None:
            continue  # code that a program wrote, not an object
        found.update(facts)
        debug = debug_file(root, found)
        if debug:
            found["debug"] = debug
        objects.append(found)
    owners = owners_of(root, [one["path"] for one in objects])
    for one in objects:
        if one["path"] in owners:
            one["owner"] = owners[one["path"]]
    packages = versions_of(root, set(owners.values()))
    left = max(0, len(places) - MAX_OBJECTS)
    python = python_packages(folder, root, [one["path"] for one in objects])
    return {"facts": {"objects": objects, "left": left, "packages": packages, "inside": root != "", "python": python}}


def same_root(folder: str) -> bool:
    try:
        return os.path.samestat(os.stat(folder + "/root"), os.stat("/"))
    except OSError:
        return True


def opened(folder: str, addresses: str, path: str, inode: int) -> "int | None":
    low, _, high = addresses.partition("-")
    for place in ["%s/map_files/%x-%x" % (folder, int(low, 16), int(high, 16))] + ([folder + "/root" + path] if path else []):
        try:
            fd = os.open(place, FLAGS)
        except OSError:
            continue
        if os.fstat(fd).st_ino == inode or "/map_files/" in place:
            return fd
        os.close(fd)  # replaced since
    return None


def debug_file(root: str, found: "Head") -> str:
    """Separate file of its symbols on this host, where gdb looks for it."""
    build_id, link, folder = found.get("id", ""), found.get("link", ""), os.path.dirname(found["path"])
    places = [DEBUG + "/.build-id/" + build_id[:2] + "/" + build_id[2:] + ".debug"] if len(build_id) > 2 else []
    if link and "/" not in link:
        places += [folder + "/" + link, folder + "/.debug/" + link, DEBUG + folder + "/" + link]
    for place in places:
        if place != found["path"] and os.path.exists(root + place):
            return str(place)
    return ""


def other_name(path: str) -> str:
    """With a merged /usr a file is recorded under either name."""
    if path.startswith("/usr/"):
        return path[4:]
    return "/usr" + path if path.startswith(("/bin/", "/sbin/", "/lib")) else path


def owners_of(root: str, paths: "list[str]") -> "dict[str, str]":
    """Package by path, from the lists of dpkg."""
    folder, found = root + "/var/lib/dpkg/info", {}  # type: str, dict[str, str]
    wanted = {name.encode("utf-8", "surrogateescape"): path for path in paths for name in (path, other_name(path))}
    read = 0
    for name in sorted(name for name in names_in(folder) if name.endswith(".list")):
        try:
            data = slurp(folder + "/" + name)
        except Miss:
            continue
        read += len(data)
        if read > MAX_LIST_BYTES:
            break
        for line in wanted.keys() & data.split(b"\n"):
            found.setdefault(wanted[line], name[:-5])
    return found


def versions_of(root: str, owners: "set[str]") -> "list[list[str]]":
    """Name, architecture, version and source of these packages and those of their symbols, of the installed ones."""
    names = {owner.partition(":")[0] for owner in owners}
    names |= {name + suffix for name in names for suffix in ("-dbgsym", "-dbg")}
    try:
        paragraphs = slurp(root + "/var/lib/dpkg/status", MAX_STATUS).split(b"\n\n") if owners else []
    except Miss:
        return []
    found = []
    for paragraph in paragraphs:
        end = paragraph.find(b"\n")
        if paragraph[:9] != b"Package: " or paragraph[9:end].decode("ascii", "replace") not in names:
            continue
        values = dict(line.partition(": ")[::2] for line in paragraph.decode("utf-8", "replace").split("\n") if line[:1] != " ")
        if values.get("Status", "").endswith(" installed"):
            found.append([values.get(key, "") for key in ("Package", "Architecture", "Version", "Source")])
    return found
