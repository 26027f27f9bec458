"""State of the cloud by its APIs: what is down, stuck or failed, with the fields that are shown of it."""

import time

from crashcart_openstack.credentials import loaded
from crashcart_openstack.replies import Failed, failure
from crashcart_openstack.rest import KEYSTONE, Api

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict

    Parts = Dict[str, Callable[[], Any]]

ROUND_S, MOST, MOST_FAULTS = 20, 200, 10
# Least time between two requests of what changes slowly or costs more: of Placement two requests for each provider.
EVERY_S = {"hypervisors": 30, "volumeServices": 30, "volumes": 30, "placement": 300}
COMPUTE, NETWORK, PLACEMENT = ("compute",), ("network",), ("placement",)
VOLUME = ("block-storage", "volumev3", "volumev2")
SERVER = ("id", "name", "status", "created", "updated", "tenant_id", "OS-EXT-STS:task_state", "OS-EXT-SRV-ATTR:host")
PORT = ("id", "status", "device_id", "device_owner", "admin_state_up", "binding:host_id", "binding:vif_type")
AGENT = ("binary", "agent_type", "host", "alive", "admin_state_up", "heartbeat_timestamp")
SERVICE = ("binary", "host", "status", "state", "updated_at", "disabled_reason")
HYPERVISOR = ("hypervisor_hostname", "state", "status", "running_vms", "vcpus", "vcpus_used", "memory_mb", "memory_mb_used")
VOLUMES = ("id", "name", "status", "created_at", "updated_at", "os-vol-host-attr:host")
WELL = ("available", "in-use")


def kept(item: "dict[str, Any]", names: "tuple[str, ...]") -> "dict[str, Any]":
    return {name: item[name] for name in names if item.get(name) is not None}


def server(item: "dict[str, Any]") -> "dict[str, Any]":
    fault = item.get("fault") or {}
    reply = kept(item, SERVER)
    if fault:
        reply["fault"] = {"message": str(fault.get("message", ""))[:500], "created": fault.get("created")}
    return reply


class Cloud:
    def __init__(self, name: str) -> None:
        self.name, self.api = name, Api(loaded(name))
        self.last = {}  # type: dict[str, tuple[float, Any]]
        self.faults = {}  # type: dict[tuple[str, str], Any]

    def building(self) -> "list[dict[str, Any]]":
        path = "/servers/detail?all_tenants=1&status=BUILD&limit=%d" % MOST
        return [server(item) for item in self.api.get(COMPUTE, path)["servers"]]

    def failed(self) -> "list[dict[str, Any]]":
        """Servers in ERROR. The list has no fault of those in cell0, which no host was found for: each is requested once."""
        every = self.api.get(COMPUTE, "/servers/detail?all_tenants=1&status=ERROR&limit=%d" % MOST)["servers"]
        known = {(one["id"], one.get("updated", "")): one for one in every}
        self.faults = {key: fault for key, fault in self.faults.items() if key in known}
        for key in [key for key, one in known.items() if not one.get("fault") and key not in self.faults][:MOST_FAULTS]:
            try:
                self.faults[key] = self.api.get(COMPUTE, "/servers/" + key[0])["server"].get("fault")
            except Failed as failed:
                # Deleted meanwhile, or the next round gets it.
                if str(failed).startswith(KEYSTONE):
                    raise
                break
        return [server(dict(one, fault=one.get("fault") or self.faults.get(key))) for key, one in known.items()]

    def ports(self) -> "list[dict[str, Any]]":
        path = "/v2.0/ports?status=DOWN&limit=%d&%s" % (MOST, "&".join("fields=" + name for name in PORT))
        return [kept(item, PORT) for item in self.api.get(NETWORK, path)["ports"] if item.get("device_id") and item.get("binding:host_id")]

    def volumes(self) -> "list[dict[str, Any]]":
        path = "/volumes/detail?all_tenants=1&limit=1000&sort=updated_at:desc"
        return [kept(item, VOLUMES) for item in self.api.get(VOLUME, path)["volumes"] if item.get("status") not in WELL][:MOST]

    def placement(self) -> "list[dict[str, Any]]":
        every = self.api.get(PLACEMENT, "/resource_providers")["resource_providers"]
        ends = time.time() + ROUND_S / 2
        capacity = []  # type: list[dict[str, Any]]
        for one in every[:MOST]:
            if time.time() > ends:
                break
            path = "/resource_providers/%s" % one["uuid"]
            usages = self.api.get(PLACEMENT, path + "/usages")["usages"]
            inventories = self.api.get(PLACEMENT, path + "/inventories")["inventories"]
            capacity.append(
                {
                    "name": one.get("name"),
                    "resources": {
                        kind: dict(kept(own, ("total", "reserved", "allocation_ratio")), used=usages.get(kind))
                        for kind, own in inventories.items()
                    },
                }
            )
        return capacity

    def paced(self, name: str, part: "Callable[[], Any]") -> "Any":
        """A part, or the last one where that is not EVERY_S old."""
        at, value = self.last.get(name, (0.0, None))
        if time.time() - at >= EVERY_S.get(name, 0):
            value = part()
            self.last[name] = (time.time(), value)
        return value

    def read(self) -> "dict[str, Any]":
        parts = {
            "services": lambda: [kept(one, SERVICE) for one in self.api.get(COMPUTE, "/os-services")["services"]],
            "hypervisors": lambda: [kept(one, HYPERVISOR) for one in self.api.get(COMPUTE, "/os-hypervisors/detail")["hypervisors"]],
            "failed": self.failed,
            "building": self.building,
            "agents": lambda: [kept(one, AGENT) for one in self.api.get(NETWORK, "/v2.0/agents")["agents"]],
            "ports": self.ports,
            "volumeServices": lambda: [kept(one, SERVICE) for one in self.api.get(VOLUME, "/os-services")["services"]],
            "volumes": self.volumes,
            "placement": self.placement,
        }  # type: Parts
        began = time.time()
        reply = {"now": began, "credentials": self.name, "missing": {}}  # type: dict[str, Any]
        if not self.api.token:
            self.api.log_in()
        for name, part in parts.items():
            try:
                if time.time() - began > ROUND_S:
                    raise Failed("timeout", "not requested, others took %d s" % ROUND_S)
                reply[name] = self.paced(name, part)
            except Exception as error:
                if str(error).startswith(KEYSTONE):
                    raise
                known = failure(error)
                reply["missing"][name] = {"why": known.why, "detail": str(known)}
        reply["tookMs"] = int((time.time() - began) * 1000)
        return reply
