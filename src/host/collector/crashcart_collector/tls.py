"""TLS to what etcd listens on, with the certificates that its process names: they are read here and stay on this host."""

import os
import re
import stat

from crashcart_collector.listeners import Listener
from crashcart_collector.reads import Miss, beginning, small

MYPY = False
if MYPY:
    import ssl

    from crashcart_collector.hangs import Answer

MOST_BYTES = 65536
MOST_LINKS = 40  # of the kernel (path_resolution(7))
PEERS = re.compile(r"^peer-transport-security:[^\n]*\n(?:[ \t][^\n]*\n?|\n)*", re.M)
# etcd asks for the certificate of a client also where it is given an authority alone: see `setting`.
CLIENTS = re.compile(r"^(?:[ \t]*client-cert-auth:[ \t]*true|--?client-cert-auth(?:=(?:true|1))?$|ETCD_CLIENT_CERT_AUTH=(?:true|1)$)", re.M)


def tls_facts(name: str) -> "Answer":
    """What is to be known of a listener before it is dialled: `tls`, the context of a port with https, or None."""
    listener = Listener(name)
    facts = {"exists": True, "pid": listener.pid if listener.runs() else 0, "uid": 0, "tls": None}  # type: dict[str, object]
    if listener.command == "etcd" and facts["pid"]:
        text = settings_of(listener.process)
        if re.search(r"https://[^\s,;\"']*:%d\b" % listener.port, text):
            facts["tls"] = context_of(listener.process, text)
    return facts, b""


def settings_of(process: str) -> str:
    """File of settings, environment and arguments of a process, a line each; in the file not those of peers."""
    parts = [beginning(process + "/" + file, MOST_BYTES).replace(b"\0", b"\n") for file in ("environ", "cmdline")]
    text = os.fsdecode(b"\n".join(parts))
    file = setting(text, "config-file")
    if file is None:
        return text
    return PEERS.sub("", os.fsdecode(small(path_of(process, file)))) + "\n" + text


def setting(text: str, option: str) -> "str | None":
    """`option: VALUE` of the file, `--option VALUE` or `--option=VALUE`, else `ETCD_OPTION=VALUE`."""
    variable = "ETCD_" + option.upper().replace("-", "_")
    return match(r"^(?:[ \t]*%s:[ \t]*|--?%s[=\n])[\"']?([^\s\"']+)" % (option, option), text) or match("^%s=(.+)$" % variable, text)


def match(pattern: str, text: str) -> "str | None":
    found = re.search(pattern, text, re.M)
    return found and found.group(1)


def path_of(process: str, path: str) -> str:
    """Path from here to a file that a process names: in a container its absolute symbolic links begin at its own root."""
    root = process + "/root"
    at = base = root if path.startswith("/") else process + "/cwd"
    names, links = path.split("/"), 0
    while names:
        name = names.pop(0)
        if name in ("", ".") or (name == ".." and at == root):
            continue
        if name == ".." and at != base:
            at = os.path.dirname(at)
        elif links < MOST_LINKS and os.path.islink(at + "/" + name):
            target, links = os.readlink(at + "/" + name), links + 1
            if target.startswith("/"):
                at = base = root
            names = target.split("/") + names
        else:
            at += "/" + name
            if name == "..":
                base = at  # above the folder in which the process is
    return at


def context_of(process: str, text: str) -> "ssl.SSLContext":
    """The process is known by its socket: the certificate of the server is not verified. Without one of a client none is sent."""
    import ssl

    context = ssl._create_unverified_context()  # noqa: S323
    own = setting(text, "cert-file"), setting(text, "key-file")
    folder = os.path.dirname(own[0] or "")
    pairs = [
        (match("^ETCDCTL_CERT=(.+)$", text), match("^ETCDCTL_KEY=(.+)$", text)),  # Kubespray
        (folder + "/healthcheck-client.crt", folder + "/healthcheck-client.key"),  # kubeadm
        (folder + "/client.crt", folder + "/client.key"),  # the snap
        own,
    ]
    refused = []  # type: list[str]
    for certificate, key in pairs:
        if not certificate or not key:
            continue
        files = path_of(process, certificate), path_of(process, key)
        try:
            if not may_read(process, files[1]) or not stat.S_ISREG(os.stat(files[0]).st_mode):
                raise PermissionError("not a file of its user")
            # Without a password OpenSSL would ask for one on the terminal.
            context.load_cert_chain(*files, password="")
            return context
        except FileNotFoundError:
            continue
        except OSError as error:
            refused.append("%s: %s" % (key, error.strerror or error))
    if CLIENTS.search(text) or setting(text, "trusted-ca-file"):
        # It would log each connection without one.
        raise Miss("denied", "certificate of a client: " + (refused[0] if refused else "none beside %s" % (own[0] or "its own")))
    return context


def may_read(process: str, path: str) -> bool:
    """Whether the user of a process may read a file, a regular one: root must not use a key for it that it could not use itself."""
    user, file = os.stat(process), os.stat(path)
    if not stat.S_ISREG(file.st_mode):
        return False
    if user.st_uid == 0:
        return True
    mode = stat.S_IRUSR if file.st_uid == user.st_uid else stat.S_IRGRP if file.st_gid == user.st_gid else stat.S_IROTH
    return bool(file.st_mode & mode)
