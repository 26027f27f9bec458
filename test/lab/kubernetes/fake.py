"""Fake nodes and pods in the API server, without kubelets: fake.py scale|heartbeat PKI PORT PODS
scale creates or removes pods and nodes up to the number of PODS; heartbeat renews the leases of the nodes."""
import http.client, json, ssl, sys, threading, time

MODE, PKI, PORT, PODS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
NODES = max(1, min(100, (PODS + 99) // 100)) if PODS else 0
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
IN_NAMESPACE = "/api/v1/namespaces/default/pods"
WORKERS = 8
context = ssl.create_default_context(cafile=PKI + "/ca.crt")
context.load_cert_chain(PKI + "/admin.crt", PKI + "/admin.key")
failed = []


def connect():
    return http.client.HTTPSConnection("127.0.0.1", PORT, context=context, timeout=20)


def ask(line, method, url, body=None, kind="application/json"):
    line.request(method, url, None if body is None else json.dumps(body), {"Content-Type": kind})
    reply = line.getresponse()
    text = reply.read()
    if reply.status >= 300 and reply.status != 404:
        failed.append("%s %s: %d %s" % (method, url, reply.status, text[:200]))
    return reply.status, text


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())


def node_of(i):
    room = {"pods": "250", "cpu": "32", "memory": "256Gi"}
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
             "lastHeartbeatTime": now() + "Z", "lastTransitionTime": now() + "Z"}
    return {"metadata": {"name": "fake-%d" % i, "labels": {"lab-fake": "1"}},
            "status": {"allocatable": room, "capacity": room, "conditions": [ready],
                       "addresses": [{"type": "InternalIP", "address": "192.0.2.%d" % (i + 1)}],
                       "nodeInfo": {"kubeletVersion": "v1.20.2", "containerRuntimeVersion": "containerd://1.6.20", "kernelVersion": "",
                                    "osImage": "", "architecture": "amd64", "operatingSystem": "linux", "bootID": "", "machineID": "",
                                    "systemUUID": "", "kubeProxyVersion": ""}}}


def pod_of(name, i):
    app = {"name": "app", "image": "registry.example/app:1.2.3", "env": [{"name": "E%d" % j, "value": "v" * 20} for j in range(8)],
           "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
           "ports": [{"containerPort": 8080}], "livenessProbe": {"httpGet": {"path": "/h", "port": 8080}}}
    return {"metadata": {"name": name, "labels": {"lab-fake": "1", "app": name.rpartition("-")[0]}},
            "spec": {"nodeName": "fake-%d" % (i % NODES), "tolerations": [{"operator": "Exists"}], "containers": [app]}}


def status_of(i):
    since, address = now() + "Z", "10.1.%d.%d" % (i // 250, i % 250 + 1)
    container = {"name": "app", "image": "registry.example/app:1.2.3", "imageID": "sha256:" + "a" * 64, "containerID": "containerd://%064x" % i,
            "ready": True, "started": True, "restartCount": i % 7, "state": {"running": {"startedAt": since}}, "lastState": {}}
    return {"status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "hostIP": "192.0.2.%d" % (i % NODES + 1),
                       "startTime": since, "containerStatuses": [container],
                       "conditions": [{"type": kind, "status": "True", "lastTransitionTime": since}
                                      for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]}}


def made(names, worker):
    line = connect()
    for i, name in names[worker::WORKERS]:
        if ask(line, "POST", IN_NAMESPACE, pod_of(name, i))[0] < 300:
            ask(line, "PATCH", "%s/%s/status" % (IN_NAMESPACE, name), status_of(i), "application/strategic-merge-patch+json")


def removed(names, worker):
    line = connect()
    for name in names[worker::WORKERS]:
        ask(line, "DELETE", "%s/%s" % (IN_NAMESPACE, name), {"gracePeriodSeconds": 0})


def all_at_once(work, names):
    threads = [threading.Thread(target=work, args=(names, worker)) for worker in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def scale():
    line, began = connect(), time.time()
    known = lambda what: {one["metadata"]["name"] for one in json.loads(ask(line, "GET", "/api/v1/%s?labelSelector=lab-fake" % what)[1])["items"]}
    pods, nodes = known("pods"), known("nodes")
    wanted = {"web-%d-%05d" % (i // 20, i): i for i in range(PODS)}
    for i in range(NODES):
        if "fake-%d" % i not in nodes:
            ask(line, "POST", "/api/v1/nodes", node_of(i))
    all_at_once(removed, sorted(pods - wanted.keys()))
    all_at_once(made, [(i, name) for name, i in wanted.items() if name not in pods])
    for name in nodes - {"fake-%d" % i for i in range(NODES)}:
        ask(line, "DELETE", "/api/v1/nodes/" + name)
        ask(line, "DELETE", LEASES + "/" + name)
    print("%d made pods on %d made nodes in %.1f s" % (PODS, NODES, time.time() - began))
    if failed:
        sys.exit("%d requests failed, the first: %s" % (len(failed), failed[0]))


def heartbeat():
    while True:
        try:
            line = connect()
            for i in range(NODES):
                lease = {"metadata": {"name": "fake-%d" % i},
                         "spec": {"holderIdentity": "fake-%d" % i, "leaseDurationSeconds": 40, "renewTime": now() + ".000000Z"}}
                if ask(line, "PATCH", "%s/fake-%d" % (LEASES, i), lease, "application/merge-patch+json")[0] == 404:
                    ask(line, "POST", LEASES, lease)
        except OSError as error:
            print("heartbeat:", error, flush=True)
        time.sleep(8)


scale() if MODE == "scale" else heartbeat()
