# Changes of the lab to this machine, and their reversal; sourced by lab-kubernetes.sh.
SYSCTLS="vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes net.ipv4.ip_forward"
LOGS="/var/log/pods /var/log/containers"
SHARED="$LOGS /var/lib/cni/results /var/lib/cni /var/lib/kubelet/device-plugins /var/lib/kubelet /run/containerd/s /run/containerd/fifo /run/containerd"

other_kubelet() { local name; for name in kubelet kubelite k3s-server k3s-agent; do pgrep -x "$name"; done | grep -vqx "$(pid_of kubelet || echo none)"; }
# prepare_host   records the machine's state once, because a second `up` would record the lab's changes as the machine's
prepare_host() {
  local key
  [ -e "$STATE/sysctls" ] || { for key in $SYSCTLS; do echo "$key=$(sysctl -n "$key")"; done >"$STATE/sysctls.part"; mv "$STATE/sysctls.part" "$STATE/sysctls"; }
  [ -e "$STATE/before" ] || { ls -d $SHARED /var/log/pods/* /var/log/containers/* /var/lib/kubelet/device-plugins/* 2>/dev/null >"$STATE/before.part"; mv "$STATE/before.part" "$STATE/before"; }
  # A kubelet refuses an address of 127.0.0.0/8.
  ip -o addr show dev lo | grep -qF " $NODE_IP/32 " || { ip addr add "$NODE_IP/32" dev lo && : >"$STATE/address"; } || die "cannot give lo the address $NODE_IP"
  # kubeadm's path, which tools search for a cluster.
  [ -L /etc/kubernetes ] || [ ! -e /etc/kubernetes ] || die "foreign /etc/kubernetes on this machine"
  ln -sfn "$ETC" /etc/kubernetes
  command -v kubectl >/dev/null || ln -s "$BIN/kubectl" /usr/local/bin/kubectl
}

# Pids of the lab's shims, by the address of containerd in their arguments, and of processes in the lab's cgroups.
shims() { local pid; for pid in $(pgrep -f '^\S*containerd-shim'); do tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$SOCKET" && echo "$pid"; done; }
contained() { find /sys/fs/cgroup -path "*$CGROUP/*" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un; }
nothing_contained() { [ -z "$(contained)" ]; }
no_shims() { [ -z "$(shims)" ]; }
kill_pods() {
  local id
  if alive containerd; then
    # Names of network namespaces are only in the container specs.
    for id in $(lctr containers ls -q 2>/dev/null); do lctr containers info --spec "$id" 2>/dev/null | grep -oE '/run/netns/cni-[0-9a-f-]+'; done | sort -u >"$STATE/netns"
    for id in $(lctr tasks ls -q 2>/dev/null); do lctr tasks kill -a -s KILL "$id" >/dev/null 2>&1; done
    wait_for 15 'containers to end' nothing_contained
    for id in $(lctr tasks ls -q 2>/dev/null); do lctr tasks rm -f "$id" >/dev/null 2>&1; done
  fi
  # Processes left by a stopped containerd.
  contained | xargs -r kill -KILL 2>/dev/null; shims | xargs -r kill -TERM 2>/dev/null
  wait_for 5 'shims to end' no_shims || shims | xargs -r kill -KILL 2>/dev/null
}
is_new() { ! grep -qxF -- "$1" "$STATE/before"; }
restore_host() {
  local path socket
  while read -r path; do umount "$path" 2>/dev/null; rm -f "$path"; done < <(cat "$STATE/netns" 2>/dev/null)
  for path in "$STATE"/ctrd/state/io.containerd.runtime.v2.task/k8s.io/*/address; do
    [ -s "$path" ] || continue
    socket=$(sed 's,^unix://,,' "$path"); case $socket in /run/containerd/s/*) rm -f "$socket" ;; esac
  done
  unmount_below "$STATE"
  find /sys/fs/cgroup -depth -type d \( -path "*$CGROUP/*" -o -path "*$CGROUP" \) -exec rmdir {} + 2>/dev/null
  if [ -e "$STATE/sysctls" ]; then sysctl -qp "$STATE/sysctls" >/dev/null; fi
  if [ -e "$STATE/address" ]; then ip addr del "$NODE_IP/32" dev lo; fi
  if [ "$(readlink /etc/kubernetes)" = "$ETC" ]; then rm /etc/kubernetes; fi
  if [ "$(readlink /usr/local/bin/kubectl)" = "$BIN/kubectl" ]; then rm /usr/local/bin/kubectl; fi
  if [ -e "$STATE/before" ]; then
    for path in /var/log/containers/* /var/log/pods/*; do { [ -e "$path" ] || [ -L "$path" ]; } && is_new "$path" && rm -rf "$path"; done
    # libcni keeps a file for each network of each container.
    for path in /var/lib/cni/results/crashcart-lab-*-eth0; do
      [ -e "$path" ] || continue
      socket=${path##*/crashcart-lab-}; rm -f "$path" "/var/lib/cni/results/cni-loopback-${socket%-eth0}-lo"
    done
    # Socket of device plugins, at a fixed path in kubelets that cannot disable them.
    for path in /var/lib/kubelet/device-plugins/*; do [ -e "$path" ] && is_new "$path" && rm -f "$path"; done
    for path in $SHARED; do is_new "$path" && rmdir "$path" 2>/dev/null; done
  fi
  rm -rf "$STATE"/{ctrd,cni,etcd,etc,ca,kubelet,kubectl-cache,netns,sysctls,before,address,broken,lab.conf,made-pods,kubelet.yaml}
}
