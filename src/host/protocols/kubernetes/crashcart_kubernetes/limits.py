"""Bounds in seconds and rows, and names in paths of the API."""

IDLE_S, WATCH_S, PULSE_S, LEASE_S, SELDOM_S, MOST_ROWS = 8, 290, 3, 120, 600, 20000
NAME = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
MINE = "fieldSelector=spec.nodeName%3D"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/"
