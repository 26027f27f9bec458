"""A token of Keystone, and GET requests with it."""

import http.client
import json
import re
import ssl
import time

from crashcart_openstack.replies import Failed

MYPY = False
if MYPY:
    from typing import Any, Dict

    from crashcart_openstack.credentials import Options

    Headers = Dict[str, str]

TIMEOUT_S, MOST_BYTES, TOKEN_S, RENEW_S = 5, 16 << 20, 3600, 60
KEYSTONE = "keystone: "  # head of the error text of a login
URL = re.compile(r"(https?)://(\[[^\]]+\]|[^/:]+)(?::(\d+))?(/[^#]*)?$")


class Api:
    """Catalog of services by one token, which is requested once an hour: each costs Keystone a password hash."""

    def __init__(self, options: "Options") -> None:
        self.options, self.token, self.until, self.renewed = options, "", 0.0, 0.0
        self.catalog = {}  # type: dict[str, str]
        off = str(options.get("insecure", "")).lower() in ("1", "true", "yes") or str(options.get("verify", "")).lower() in ("false", "no")
        self.context = ssl.create_default_context(cafile=options.get("cacert") or options.get("cafile") or None)
        if off:
            self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE

    def call(self, url: str, headers: "Headers", body: "Any" = None) -> "tuple[Headers, Any]":
        parts = URL.match(url)
        if not parts:
            raise Failed("failed", "not a URL: %s" % url[:100])
        scheme, host, port, path = parts.groups()
        host = host.strip("[]")
        at = int(port) if port else None
        if scheme == "https":
            line = http.client.HTTPSConnection(host, at, timeout=TIMEOUT_S, context=self.context)  # type: http.client.HTTPConnection
        else:
            line = http.client.HTTPConnection(host, at, timeout=TIMEOUT_S)
        try:
            headers = dict(headers, Accept="application/json", **{"User-Agent": "crashcart"})
            if body is None:
                line.request("GET", path or "/", headers=headers)
            else:
                line.request("POST", path or "/", json.dumps(body), dict(headers, **{"Content-Type": "application/json"}))
            reply = line.getresponse()
            text = reply.read(MOST_BYTES + 1)
        except OSError as error:
            late = "timed out" in str(error)
            raise Failed("timeout" if late else "failed", "no reply within %d s" % TIMEOUT_S if late else str(error)) from error
        except http.client.HTTPException as error:
            raise Failed("failed", "%s: %s" % (type(error).__name__, error)) from error
        finally:
            line.close()
        if reply.status >= 300:
            raise Failed("denied" if reply.status in (401, 403) else "failed", "HTTP %d %s" % (reply.status, reply.reason))
        if len(text) > MOST_BYTES:
            raise Failed("failed", "reply over %d MiB" % (MOST_BYTES >> 20))
        try:
            return {name.lower(): value for name, value in reply.getheaders()}, json.loads(text.decode("utf-8", "replace"))
        except ValueError as error:
            raise Failed("failed", "reply is not JSON") from error

    def log_in(self) -> None:
        own = self.options.get

        def domain(of: str) -> "Headers":
            name = own(of + "_domain_name")
            return {"name": name} if name else {"id": own(of + "_domain_id") or "default"}

        identity = {}  # type: dict[str, Any]
        scope = {}  # type: dict[str, Any]
        if own("application_credential_secret"):
            known = {"id": own("application_credential_id"), "secret": own("application_credential_secret")}
            identity = {"methods": ["application_credential"], "application_credential": known}
        else:
            user = {"name": own("username"), "domain": domain("user"), "password": own("password")}
            project = {"name": own("project_name") or own("tenant_name"), "domain": domain("project")}
            identity = {"methods": ["password"], "password": {"user": user}}
            scope = {"scope": {"project": {"id": own("project_id")} if own("project_id") else project}}
        base = (own("auth_url") or "").rstrip("/")
        if not re.search(r"/v3$", base):
            base = re.sub(r"/v2\.0$", "", base) + "/v3"
        try:
            headers, body = self.call(base + "/auth/tokens", {}, {"auth": dict({"identity": identity}, **scope)})
        except Failed as failed:
            raise Failed(failed.why, "%s%s" % (KEYSTONE, failed)) from failed
        self.token, self.until = headers.get("x-subject-token", ""), time.time() + TOKEN_S * 0.9
        self.catalog = {}
        wanted = [(own("interface") or own("endpoint_type") or "internal").replace("URL", ""), "internal", "public", "admin"]
        region = own("region_name")
        for service in (body.get("token") or {}).get("catalog") or []:
            urls = [
                (wanted.index(one["interface"]), one["url"])
                for one in service.get("endpoints") or []
                if one.get("interface") in wanted and (not region or region in (one.get("region"), one.get("region_id")))
            ]
            if urls:
                self.catalog[service.get("type", "")] = min(urls)[1].rstrip("/")

    def get(self, types: "tuple[str, ...]", path: str) -> "Any":
        """Reply of the first of these services that the catalog has."""
        if not self.token or time.time() > self.until:
            self.log_in()
        base = next((self.catalog[one] for one in types if one in self.catalog), None)
        if base is None:
            raise Failed("absent", "no %s in the catalog" % types[0])
        try:
            return self.call(base + path, {"X-Auth-Token": self.token})[1]
        except Failed as failed:
            # A token that expired early, or was revoked: once more with a new one, once a minute.
            if "HTTP 401" not in str(failed) or time.time() - self.renewed < RENEW_S:
                raise
            self.renewed = time.time()
            self.log_in()
            return self.call(base + path, {"X-Auth-Token": self.token})[1]
