"""Expiry of certificates."""

import _ssl
import base64
import calendar
import re
import ssl
import time

from crashcart_kubernetes.host import HERE, text

CERTIFICATES = (
    "/etc/kubernetes/pki/*.crt",
    "/etc/kubernetes/pki/etcd/*.crt",
    "/var/snap/microk8s/current/certs/*.crt",
    "/var/lib/rancher/*/server/tls/*.crt",
    "/var/lib/rancher/*/agent/*.crt",
)


def read_ends(path: str) -> "float | None":
    """Expiry of a certificate; a private key in the same file is not read."""
    try:
        certificate = _ssl._test_decode_cert(HERE + path)  # type: ignore[attr-defined]  # in each CPython, in no stubs
        return ssl.cert_time_to_seconds(certificate["notAfter"])
    except Exception:
        return None


def inline_ends(config: str) -> "float | None":
    """Expiry of the certificate inside a kubeconfig, as kubeadm and k3s write it, from its DER."""
    data = re.search(r'^\s*"?client-certificate-data"?:\s*"?([\w+/=]+)', text(config), re.M)
    try:
        pem = base64.b64decode(data.group(1) if data else "").decode("ascii", "replace")
        first = re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", pem, re.S)
        der = ssl.PEM_cert_to_DER_cert(first.group()) if first else b""
        validity = re.search(rb"0[\x1e-\x22](?:\x17\r\d{12}|\x18\x0f\d{14})Z(?:\x17\r(\d{12})|\x18\x0f(\d{14}))Z", der)
        short, long = validity.groups() if validity else (b"", b"")
        return calendar.timegm(time.strptime((short or long).decode(), "%y%m%d%H%M%S" if short else "%Y%m%d%H%M%S"))
    except Exception:
        return None
