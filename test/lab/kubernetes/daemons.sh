# Starts of the daemons, one function per daemon, no-ops while it runs; sourced by lab-kubernetes.sh.
DAEMONS="etcd containerd kube-apiserver kube-controller-manager kube-scheduler kubelet"

# kc ARGS…   kubectl of the lab, with a kubeconfig that no fault touches
kc() { KUBECONFIG='' timeout "${KC_LIMIT:-30}" "$BIN/kubectl" --kubeconfig "$OWN_CONFIG" --cache-dir "$STATE/kubectl-cache" --request-timeout=10s "$@"; }
lctr() { timeout 30 ctr -a "$SOCKET" -n k8s.io "$@"; }
healthy() { curl -fsk --noproxy '*' --max-time 3 "$1" | grep -q "$2"; }
api_ready() { kc get --raw /readyz | grep -q ok; }
# node_is TYPE STATUS   whether a condition of the lab's node has a status
node_is() {
  kc get --raw "/api/v1/nodes/$NODE" | python3 -c 'import json, sys
sys.exit(not any(c["type"] == sys.argv[1] and c["status"] == sys.argv[2] for c in json.load(sys.stdin)["status"]["conditions"]))' "$1" "$2"
}
# started NAME SECONDS command…   waits until the command succeeds; fails with the last lines of the daemon's log
started() { local name=$1 limit=$2; shift 2; WHILE_ALIVE=$name wait_for "$limit" "$name" "$@" || die "$name did not come up: $(tail -n 4 "$STATE/$name.log")"; }

# old ARGUMENT…   prints arguments that only 1.20 accepts
old() { [ -n "$VERSION" ] || printf '%s\n' "$@"; }
start_etcd() { # without fsync: the data is removed at `down`
  local program=etcd; [ ! -x "$BIN/etcd" ] || program=$BIN/etcd
  spawn etcd "$program" --name lab --data-dir "$STATE/etcd" --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls "http://127.0.0.1:$PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$PEER_PORT" --initial-cluster "lab=http://127.0.0.1:$PEER_PORT" \
    --unsafe-no-fsync --log-level warn
  started etcd 30 healthy "http://127.0.0.1:$ETCD_PORT/health" true
}
start_apiserver() {
  spawn kube-apiserver "$BIN/kube-apiserver" --etcd-servers="http://127.0.0.1:$ETCD_PORT" --bind-address=127.0.0.1 --advertise-address=127.0.0.1 \
    --secure-port="$API_PORT" $(old --insecure-port=0) --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --client-ca-file="$PKI/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --service-cluster-ip-range=10.96.0.0/16 \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
    --kubelet-client-certificate="$PKI/apiserver-kubelet-client.crt" --kubelet-client-key="$PKI/apiserver-kubelet-client.key" \
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP --allow-privileged=true \
    --endpoint-reconciler-type=none --profiling=false --v=1
  started kube-apiserver 150 "${1:-api_ready}"
}
start_controllers() {
  spawn kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$ETC/controller-manager.conf" --authentication-kubeconfig="$ETC/controller-manager.conf" \
    --authorization-kubeconfig="$ETC/controller-manager.conf" --bind-address=127.0.0.1 $(old --port=0) --secure-port="$CONTROLLERS_PORT" --leader-elect=false \
    --use-service-account-credentials=true --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" --node-monitor-grace-period=20s --v=1
  started kube-controller-manager 30 healthy "https://127.0.0.1:$CONTROLLERS_PORT/healthz" ok
}
start_scheduler() {
  spawn kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$ETC/scheduler.conf" --authentication-kubeconfig="$ETC/scheduler.conf" \
    --authorization-kubeconfig="$ETC/scheduler.conf" --bind-address=127.0.0.1 $(old --port=0) --secure-port="$SCHEDULER_PORT" --leader-elect=false --v=1
  started kube-scheduler 30 healthy "https://127.0.0.1:$SCHEDULER_PORT/healthz" ok
}
write_runtime_config() {
  mkdir -p "$STATE/cni/net.d"
  cat >"$STATE/cni/net.d/10-crashcart-lab.conflist" <<JSON
{"cniVersion":"0.4.0","name":"crashcart-lab","plugins":[{"type":"ptp","ipMasq":false,"ipam":{"type":"host-local","dataDir":"$STATE/cni/ipam","ranges":[[{"subnet":"$POD_NET"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
JSON
  # restrict_oom_score_adj, because lowering oom_score_adj needs CAP_SYS_RESOURCE.
  cat >"$STATE/containerd.toml" <<TOML
version = 2
root = "$STATE/ctrd/root"
state = "$STATE/ctrd/state"
oom_score = 0
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "lab/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "$STATE/ctrd/state/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$BIN/cni"
    conf_dir = "$STATE/cni/net.d"
TOML
}
start_containerd() {
  local busybox
  spawn containerd containerd --config "$STATE/containerd.toml"
  started containerd 60 lctr version
  if ! lctr images ls -q | grep -q lab/bb:1; then
    busybox=$(dpkg -L busybox-static 2>/dev/null | grep -x /bin/busybox) || die "busybox-static is not installed"
    python3 "$HERE/image.py" "$busybox" "$STATE/images.tar" && lctr images import "$STATE/images.tar" >/dev/null || die "cannot import the images"
    rm -f "$STATE/images.tar"
  fi
}
write_kubelet_config() {
  [ -n "$VERSION" ] || return 0
  cat >"$STATE/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
port: $KUBELET_PORT
readOnlyPort: 0
healthzBindAddress: 127.0.0.1
healthzPort: $HEALTH_PORT
staticPodPath: $ETC/manifests
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: $PKI/ca.crt } }
authorization: { mode: Webhook }
containerRuntimeEndpoint: unix://$SOCKET
cgroupDriver: cgroupfs
cgroupRoot: $CGROUP
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
oomScoreAdj: 0
enforceNodeAllocatable: [pods]
volumePluginDir: $STATE/kubelet/plugins-exec
nodeStatusUpdateFrequency: 4s
YAML
}
# kubelet_flags   options of the kubelet: a file in newer versions, flags in 1.20
kubelet_flags() {
  if [ -n "$VERSION" ]; then echo "--config=$STATE/kubelet.yaml"; return; fi
  printf '%s\n' --container-runtime=remote --container-runtime-endpoint="unix://$SOCKET" --image-service-endpoint="unix://$SOCKET" \
    --volume-plugin-dir="$STATE/kubelet/plugins-exec" --tls-cert-file="$PKI/kubelet.crt" --tls-private-key-file="$PKI/kubelet.key" \
    --client-ca-file="$PKI/ca.crt" --anonymous-auth=false --authentication-token-webhook=true --authorization-mode=Webhook \
    --cgroup-driver=cgroupfs --cgroup-root="$CGROUP" --fail-swap-on=false --make-iptables-util-chains=false --oom-score-adj=0 \
    --feature-gates=DevicePlugins=false --enforce-node-allocatable=pods --address="$NODE_IP" --port="$KUBELET_PORT" \
    --healthz-bind-address=127.0.0.1 --healthz-port="$HEALTH_PORT" --read-only-port=0 --pod-infra-container-image=lab/pause:1 \
    --pod-manifest-path="$ETC/manifests" --node-status-update-frequency=4s
}
# start_kubelet [option…]   with pods below $CGROUP, because a kubelet removes unknown pods of its cgroup root
start_kubelet() {
  local cgroup flags
  for cgroup in /sys/fs/cgroup /sys/fs/cgroup/*; do [ ! -e "$cgroup/cgroup.procs" ] || mkdir -p "$cgroup$CGROUP"; done
  mapfile -t flags < <(kubelet_flags)
  spawn kubelet "$BIN/kubelet" --kubeconfig="$ETC/kubelet.conf" --hostname-override="$NODE" --node-ip="$NODE_IP" --root-dir="$STATE/kubelet" \
    --cert-dir="$STATE/kubelet/pki" "${flags[@]}" --v=1 "$@"
  started kubelet 120 healthy "http://127.0.0.1:$HEALTH_PORT/healthz" ok
}
start_heartbeat() {
  local pods; pods=$(cat "$STATE/made-pods" 2>/dev/null) || return 0
  spawn heartbeat python3 "$HERE/fake.py" heartbeat "$PKI" "$API_PORT" "$pods"
}
# end NAME   ends a daemon, also a stopped one (SIGSTOP)
end() { if alive "$1"; then kill -CONT "$(pid_of "$1")"; fi; reap "$1" "${2:-10}"; }
