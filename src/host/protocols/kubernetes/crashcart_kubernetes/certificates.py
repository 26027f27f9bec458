"""Expiry of certificates."""

import base64
import calendar
import re
import ssl
import time

from crashcart_kubernetes.host import HERE, text

CERTIFICATES = ("/etc/kubernetes/pki/*.crt", "/etc/kubernetes/pki/etcd/*.crt", "/var/snap/microk8s/current/certs/*.crt",
                "/var/lib/rancher/*/server/tls/*.crt", "/var/lib/rancher/*/agent/*.crt")


def read_ends(path):
    """Expiry of a certificate; a private key in the same file is not read."""
    try:
        return ssl.cert_time_to_seconds(ssl._ssl._test_decode_cert(HERE + path)["notAfter"])
    except Exception:
        return None


def inline_ends(config):
    """Expiry of the certificate inside a kubeconfig, as kubeadm and k3s write it, from its DER."""
    try:
        data = re.search(r'^\s*"?client-certificate-data"?:\s*"?([\w+/=]+)', text(config), re.M).group(1)
        pem = base64.b64decode(data).decode("ascii", "replace")
        short, long = re.search(rb"0[\x1e-\x22](?:\x17\r\d{12}|\x18\x0f\d{14})Z(?:\x17\r(\d{12})|\x18\x0f(\d{14}))Z", ssl.PEM_cert_to_DER_cert(
            re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", pem, re.S).group())).groups()
        return calendar.timegm(time.strptime((short or long).decode(), "%y%m%d%H%M%S" if short else "%Y%m%d%H%M%S"))
    except Exception:
        return None
