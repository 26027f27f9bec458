#!/bin/bash
# lab-kubernetes.sh build|up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# Kubernetes of one node on loopback, started directly: etcd, API server, controllers, scheduler, containerd on a separate
# socket, kubelet. Its files lie at kubeadm's paths, /etc/kubernetes. `build` builds the programs once (build.sh) and
# keeps them in the cache. After `up` one static pod runs and nothing else. The version is 1.20.2, from Debian's source package,
# or LAB_KUBE_VERSION=v1.34.4, from the published Go modules (build-modern.sh; needs the Go version of its go.mod).
# Faults: bad-pods (pods.yaml: one in every bad state, and healthy ones; waits until kubectl shows them), many-pods
# (LAB_PODS=3000 on fake nodes), pod-crash, -oom, -pull, -badcfg, -nomount, -inite, -nofit, -notready (one of the bad pods
# alone), stop- and freeze- of apiserver, etcd, kubelet; stop- of containerd, scheduler,
# controllers; disk-pressure (an eviction threshold of 99 %), node-identity (no admin.conf, only the kubelet's kubeconfig),
# expired-client (expired certificate in admin.conf), expired-server (expired certificate of the API server).
LABNAME=kubernetes; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="bad-pods pod-crash pod-oom pod-pull pod-badcfg pod-nomount pod-inite pod-nofit pod-notready many-pods stop-apiserver freeze-apiserver stop-etcd freeze-etcd stop-kubelet freeze-kubelet stop-containerd stop-scheduler stop-controllers disk-pressure node-identity expired-client expired-server"
parse_args "$@"
VERSION=${LAB_KUBE_VERSION:-}
case $VERSION in ''|v1.2[0-9]*) BIN=$CACHE/kubernetes/bin; VERSION='' ;; v1.[3-9][0-9].*) BIN=$CACHE/kubernetes/$VERSION ;; *) die "LAB_KUBE_VERSION=$VERSION: expected a version like v1.34.4" ;; esac
ETC=$STATE/etc; SOCKET=$STATE/containerd.sock; OWN_CONFIG=$STATE/lab.conf; CGROUP=/crashcart-lab
NODE=lab1; NODE_IP=10.244.76.1; POD_NET=10.244.77.0/24
PORT=${LAB_KUBE_PORT:-26440}
ETCD_PORT=$PORT; PEER_PORT=$((PORT + 1)); API_PORT=$((PORT + 2)); CONTROLLERS_PORT=$((PORT + 3)); SCHEDULER_PORT=$((PORT + 4)); KUBELET_PORT=$((PORT + 5)); HEALTH_PORT=$((PORT + 6))
for part in build pki daemons host; do . "$HERE/$part.sh"; done

all_alive() { local name; for name in $DAEMONS; do alive "$name" || return 1; done; }
up() {
  local begun=$SECONDS program
  one_at_a_time
  if all_alive; then say "already up"; return 0; fi
  built || die "its programs are not built: $0 build"
  need etcd containerd ctr runc openssl python3 curl ip pgrep
  [ ${#SOCKET} -lt 90 ] || die "the path of a socket may not be as long as $SOCKET"
  if other_kubelet; then die "foreign kubelet on this machine"; fi
  for program in "etcd $ETCD_PORT" "kube-apiserver $API_PORT" "kubelet $HEALTH_PORT"; do
    alive "${program% *}" || ! (exec 3<>"/dev/tcp/127.0.0.1/${program#* }") 2>/dev/null || die "port ${program#* } is taken (LAB_KUBE_PORT=…)"
  done
  prepare_host
  [ -s "$PKI/sa.pub" ] || make_pki
  write_runtime_config; write_kubelet_config; cp "$HERE/static.yaml" "$ETC/manifests/lab-static.yaml"
  start_etcd; start_containerd; start_apiserver; start_controllers; start_scheduler; start_kubelet; start_heartbeat
  wait_for 90 "the node to be ready" node_is Ready True || die "the node is not ready: $(tail -n 4 "$STATE/kubelet.log")"
  wait_for 30 "a service account" kc get --raw /api/v1/namespaces/default/serviceaccounts/default || die "no service account"
  say "up in $((SECONDS - begun)) s"
}

pods() { kc get pods -A --no-headers -l '!lab-fake' 2>/dev/null; }
# Expected output of kubectl: name of a pod and pattern of its status.
WANTED='ok Running|crash CrashLoopBackOff|oom (OOMKilled|CrashLoopBackOff)|oom-once OOMKilled|pull (ErrImagePull|ImagePullBackOff)
badcfg CreateContainerConfigError|nocmd (RunContainerError|CrashLoopBackOff)|nomount ContainerCreating|inite Init:(CrashLoopBackOff|Error)|initw Init:0/1
done Completed|failed Error|evict Evicted|nofit Pending|notready Running|term Terminating|throttled Running'
# Since 1.27 an evicted or deleted pod has the status of its terminated containers.
[ -z "$VERSION" ] || WANTED="$(sed -E 's/Evicted/(Evicted|Error)/; s/Terminating/(Terminating|Error)/' <<<"$WANTED")|sidecar Running|sidecrash Init:(CrashLoopBackOff|Error)|gated SchedulingGated"
wanted() { sed -E 's/\|([a-z-]+ )/\n\1/g' <<<"$WANTED"; }
pods_missing() {
  local name pattern table; table=$(pods) || { echo 'the API server'; return; }
  wanted | while read -r name pattern; do awk -v n="$name" -v p="^$pattern\$" '$2 == n && $4 ~ p { f = 1 } END { exit !f }' <<<"$table" || echo "$name"; done
  [ "$(awk '$2 ~ /^web-/ && $3 == "1/1"' <<<"$table" | wc -l)" -ge 3 ] || echo web
}
none_missing() { [ -z "$(pods_missing)" ]; }
term_runs() { kc get pod/term --no-headers | grep -q Running; }
# pods_yaml VERB…   kubectl with the manifests of this version: policy/v1 for disruption budgets, and newer kinds of pods
pods_yaml() {
  if [ -z "$VERSION" ]; then kc "$@" <"$HERE/pods.yaml"; return; fi
  { sed 's,policy/v1beta1,policy/v1,' "$HERE/pods.yaml"; echo ---; cat "$HERE/pods-modern.yaml"; } | kc "$@"
}
break_bad_pods() {
  KC_LIMIT=60 pods_yaml apply -f - >/dev/null || return 1
  # A pod that is deleted before it runs never gets a container.
  wait_for 60 'pod term to run' term_runs && kc delete pod/term --wait=false >/dev/null
  wait_for 240 'all pods to be as they should' none_missing || die "not as they should be: $(pods_missing | xargs)"
}
repair_bad_pods() {
  kc patch pod/term --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null 2>&1
  KC_LIMIT=120 pods_yaml delete --request-timeout=100s --ignore-not-found --wait=true -f - >/dev/null
}
# one_pod NAME VERB…   kubectl with the manifest of one bad pod
one_pod() {
  local name=$1; shift
  awk -v name="$name" 'BEGIN { RS = "\n---\n" } $0 ~ "name: " name " " { print; print "---" }' "$HERE/pods.yaml" | kc "$@"
}
for name in crash oom pull badcfg nomount inite nofit notready; do
  eval "break_pod_$name() { one_pod $name apply -f - >/dev/null; }"
  eval "repair_pod_$name() { one_pod $name delete --ignore-not-found --wait=false --force --grace-period=0 -f - >/dev/null; }"
done
many() { reap heartbeat; echo "$1" >"$STATE/made-pods"; start_heartbeat; timeout 590 python3 "$HERE/fake.py" scale "$PKI" "$API_PORT" "$1"; }
break_many_pods() { many "${LAB_PODS:-3000}"; }
repair_many_pods() { many 0; reap heartbeat; rm -f "$STATE/made-pods"; }

freeze() { alive "$1" && kill -STOP "$(pid_of "$1")"; }
thaw() { alive "$1" && kill -CONT "$(pid_of "$1")"; }
node_ready() { wait_for 90 'the node to be ready' node_is Ready True; }
break_stop_apiserver() { end kube-apiserver 30; };          repair_stop_apiserver() { start_apiserver && node_ready; }
break_freeze_apiserver() { freeze kube-apiserver; };        repair_freeze_apiserver() { thaw kube-apiserver && node_ready; }
break_stop_etcd() { end etcd; };                            repair_stop_etcd() { start_etcd && wait_for 60 'the API server' api_ready && node_ready; }
break_freeze_etcd() { freeze etcd; };                       repair_freeze_etcd() { thaw etcd && wait_for 60 'the API server' api_ready && node_ready; }
break_stop_kubelet() { end kubelet; };                      repair_stop_kubelet() { start_kubelet && node_ready; }
break_freeze_kubelet() { freeze kubelet; };                 repair_freeze_kubelet() { thaw kubelet && node_ready; }
break_stop_containerd() { end containerd; };                repair_stop_containerd() { start_containerd && node_ready; }
break_stop_scheduler() { end kube-scheduler; };             repair_stop_scheduler() { start_scheduler; }
break_stop_controllers() { end kube-controller-manager; };  repair_stop_controllers() { start_controllers; }
break_disk_pressure() { end kubelet; start_kubelet '--eviction-hard=nodefs.available<99%' --eviction-pressure-transition-period=5s; wait_for 90 'disk pressure' node_is DiskPressure True; }
repair_disk_pressure() { end kubelet; start_kubelet; node_ready && wait_for 60 'no disk pressure' node_is DiskPressure False; }
break_node_identity() { rm -f "$ETC/admin.conf"; }
repair_node_identity() { cp "$OWN_CONFIG" "$ETC/admin.conf"; }
break_expired_client() { cert expired /O=system:masters/CN=kubernetes-admin '' ended && kubeconfig "$ETC/admin.conf" kubernetes-admin expired inline; }
repair_expired_client() { rm -f "$PKI"/expired.*; repair_node_identity; }
# The lab's kubectl fails too, so only the listening port shows the start.
break_expired_server() { end kube-apiserver 30; api_cert ended && start_apiserver listens; }
repair_expired_server() { end kube-apiserver 30; api_cert && start_apiserver && node_ready; }
listens() { healthy "https://127.0.0.1:$API_PORT/healthz" ok; }
# broken   the faults in force, in an order in which later repairs can use the earlier ones
broken() { ls "$STATE/broken" 2>/dev/null | awk '{ print (/-pods$/ ? 2 : /etcd/ ? 0 : 1), $0 }' | sort | cut -d' ' -f2; }

status() {
  local name
  built || { say "not built"; return 0; }
  alive etcd || alive kubelet || { say stopped; return 0; }
  for name in $DAEMONS; do say "$name: $(alive "$name" && echo "pid $(pid_of "$name"), $(ps -o stat=,rss= -p "$(pid_of "$name")" | awk '{ printf "state %s, %d MiB", $1, $2 / 1024 }')" || echo stopped)"; done
  kc get nodes,pods -A -l '!lab-fake' -o wide || say "the API server does not answer"
  say "broken: $(broken | xargs)"
}
down() {
  one_at_a_time; local name
  for name in $DAEMONS; do if alive "$name"; then kill -CONT "$(pid_of "$name")"; fi; done
  for name in heartbeat kubelet kube-scheduler kube-controller-manager; do end "$name"; done
  kill_pods
  for name in containerd kube-apiserver etcd; do end "$name"; done
  restore_host; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
