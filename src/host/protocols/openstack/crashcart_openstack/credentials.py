"""Files with credentials of OpenStack: their names, and after consent what they hold. What is read here stays here."""

import glob
import os
import re

from crashcart_openstack.replies import HERE, Failed

MYPY = False
if MYPY:
    from typing import Any, Dict

    Options = Dict[str, str]

OPENRC = (
    "/root/*openrc*",
    "/home/*/*openrc*",
    "/etc/kolla/*openrc*",
    "/opt/stack/devstack/accrc/*/*",
    "/root/stackrc",
    "/root/overcloudrc",
)
CLOUDS = (
    "/etc/openstack/clouds.yaml",
    "/root/.config/openstack/clouds.yaml",
    "/home/*/.config/openstack/clouds.yaml",
    "/etc/kolla/clouds.yaml",
)
# Configurations of services, which have the account of the service.
CONFIGS = (
    "/etc/nova/nova.conf",
    "/etc/neutron/neutron.conf",
    "/etc/cinder/cinder.conf",
    "/etc/kolla/nova-*/nova.conf",
    "/var/snap/openstack-hypervisor/common/etc/nova/nova.conf",
    "/var/snap/microstack/common/etc/nova/nova.conf.d/*.conf",
    "/var/lib/openstack/config/nova/*.conf",
    "/var/lib/config-data/puppet-generated/nova*/etc/nova/nova.conf",
)
SECTION, MOST_BYTES, MOST_FOUND = "keystone_authtoken", 1 << 20, 50


def text(path: str) -> str:
    try:
        with open(HERE + path, "rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except PermissionError as error:
        raise Failed("denied", "%s: permission denied" % path) from error
    except OSError as error:
        raise Failed("absent", "%s: %s" % (path, error.strerror)) from error


def unquoted(value: str) -> str:
    value = value.strip()
    quoted = re.match(r"""(["'])(.*?)\1""", value)
    return quoted.group(2) if quoted else re.sub(r"\s+#.*", "", value)


def openrc(path: str) -> "Options":
    found = re.findall(r"^[ \t]*(?:export[ \t]+)?OS_([A-Z_]+)=(.*)$", text(path), re.M)
    return {name.lower(): unquoted(value) for name, value in found if "$" not in value or value.lstrip().startswith("'")}


def clouds(path: str) -> "dict[str, Any]":
    """Mappings of scalars by indentation, which is all that clouds.yaml needs."""
    root = {}  # type: dict[str, Any]
    open_maps = [(-1, root)]  # type: list[tuple[int, dict[str, Any]]]
    for line in text(path).splitlines():
        pair = re.match(r"""( *)["']?([\w.-]+)["']?:(?:\s+(.*))?$""", line)
        if not pair:
            continue
        depth, name, value = len(pair.group(1)), pair.group(2), unquoted(pair.group(3) or "")
        while open_maps[-1][0] >= depth:
            open_maps.pop()
        if value == "" or value.startswith("#"):
            inner = {}  # type: dict[str, Any]
            open_maps[-1][1][name] = inner
            open_maps.append((depth, inner))
        else:
            open_maps[-1][1][name] = value
    of = root.get("clouds")
    return of if isinstance(of, dict) else {}


def config(path: str) -> "Options":
    """Section with the account of a service; later lines win, as in oslo.config."""
    section, options = "", {}  # type: str, dict[str, str]
    for line in text(path).splitlines():
        head = re.match(r"\[([\w.-]+)\]", line)
        pair = re.match(r"(\w+)\s*=\s*(.*)$", line)
        if head:
            section = head.group(1)
        elif pair and section == SECTION:
            options[pair.group(1)] = pair.group(2).strip()
    return options


def found() -> "list[dict[str, str]]":
    """Credentials on this host by name; nothing of what they hold."""
    every = []  # type: list[dict[str, str]]
    for kind, patterns in (("openrc", OPENRC), ("clouds.yaml", CLOUDS), ("service", CONFIGS)):
        for path in (one[len(HERE) :] for pattern in patterns for one in sorted(glob.glob(HERE + pattern))):
            try:
                if kind == "openrc" and "auth_url" in openrc(path):
                    every.append({"kind": kind, "name": path})
                elif kind == "clouds.yaml":
                    every.extend({"kind": kind, "name": "%s#%s" % (path, cloud)} for cloud in sorted(clouds(path)))
                elif kind == "service" and "auth_url" in config(path):
                    every.append({"kind": kind, "name": path})
            except Failed as failed:
                if failed.why == "denied":
                    every.append({"kind": kind, "name": path, "problem": str(failed)})
    return every[:MOST_FOUND]


def loaded(name: str) -> "Options":
    """Options of credentials by their name in `found`, in the words of clouds.yaml."""
    if name not in [one["name"] for one in found() if "problem" not in one]:
        raise Failed("absent", "%s: not among the credentials of this host" % name)
    path, _, cloud = name.partition("#")
    if cloud:
        own = clouds(path).get(cloud)
        options = {key: value for key, value in own.items() if isinstance(value, str)} if isinstance(own, dict) else {}
        auth = own.get("auth") if isinstance(own, dict) else None
        options.update({key: value for key, value in auth.items() if isinstance(value, str)} if isinstance(auth, dict) else {})
    else:
        options = openrc(path) if "openrc" in os.path.basename(path) or not path.endswith(".conf") else config(path)
    if not options.get("password") and not options.get("application_credential_secret"):
        raise Failed("denied", "%s: no password in it (it may prompt for one)" % name)
    return options
