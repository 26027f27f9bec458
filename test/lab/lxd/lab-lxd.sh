#!/bin/bash
# lab-lxd.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# LXD on its usual socket, started directly, or as a unit where systemd is the init. The image is busybox, packed here,
# without an image server. The pool `lab` (driver dir) is a tmpfs of 64 MiB. Idle and without faults after `up`:
#   lab-web (limits.processes=100), lab-worker (limits.cpu.allowance=50ms/100ms), lab-mem (limits.memory=64MiB, no swap),
#   lab-priv (privileged), lab-stop (stopped)
# Faults: oom (lab-mem: an OOM kill every 3 s), frozen (lab-priv), pids (lab-web at its limit of 12), throttle
# (lab-worker spins at 5ms/100ms), pool-full, stuck-operation (lab-stop runs, and does not stop), stop-daemon, freeze-daemon
# (lxd; the containers keep running), member-gone (LXD becomes a cluster with a second member, lab-two, which is killed; the
# cluster of one stays).
LABNAME=lxd; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="oom frozen pids throttle pool-full stuck-operation stop-daemon freeze-daemon member-gone"
parse_args "$@"
export LXD_DIR=/var/lib/lxd LXD_CONF=$STATE/conf HOME=${HOME:-/root}
POOL=$STATE/pool; ALL="lab-web lab-worker lab-mem lab-priv lab-stop"
# A closed port, so that LXD reaches no image server.
NO_PROXY_SETTINGS="https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 no_proxy=127.0.0.1,localhost"
L() { timeout 120 lxc "$@" 9>&-; }
state() { L list "^$1\$" -c s -f csv 2>/dev/null; }
is() { [ "$(state "$1")" = "$2" ]; }
answers() { timeout 5 lxc query /1.0 9>&-; }
daemon_up() { if with_systemd; then of_systemd lxd >/dev/null; else alive lxd; fi; }
daemon_pid() { if with_systemd; then of_systemd lxd; else pid_of lxd; fi; }

start_daemon() {
  if with_systemd; then systemctl start lxd || die "systemctl start lxd: $(journalctl -q -u lxd -n 5 --no-pager)"
  # `alive` recognises lxd by a path below $LAB in its arguments.
  else spawn lxd env $NO_PROXY_SETTINGS lxd --group lxd --logfile "$STATE/lxd.daemon.log"; fi
  timeout 90 lxd waitready --timeout 80 9>&- || die "lxd did not get ready: $(tail -n 5 "$STATE/lxd.log" "$STATE/lxd.daemon.log" 2>/dev/null)"
}

image() {
  local dir=$STATE/image; mkdir -p "$dir"; busybox_root "$dir/rootfs"; ln -s ../bin/busybox "$dir/rootfs/sbin/init"
  printf '::sysinit:/bin/sh /etc/rc\n::respawn:/bin/sleep 3600\n::shutdown:/bin/true\n' >"$dir/rootfs/etc/inittab"
  cat >"$dir/rootfs/etc/rc" <<'RC'
ip link set lo up
(while :; do if [ -e /root/busy ]; then j=0; while [ $j -lt 20000 ]; do j=$((j+1)); done; else sleep 1; fi; done) &
(while :; do [ ! -e /root/eat ] || awk 'BEGIN { while (1) s = s "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" s }' >/dev/null 2>&1; sleep 3; done) &
(while :; do (i=0; while [ -e /root/fork ] && [ $i -lt 100 ]; do sleep 30 & i=$((i+1)); done) 2>/dev/null; sleep 1; done) &
RC
  printf 'architecture: x86_64\ncreation_date: 1700000000\nproperties:\n  description: Lab BusyBox\n  os: busybox\n  release: lab\n' >"$dir/metadata.yaml"
  tar -C "$dir" -czf "$STATE/image.tar.gz" metadata.yaml rootfs || die "tar failed"; rm -rf "$dir"
}
# The profile `default` has a root disk in the pool and a NIC without a bridge; busybox's init halts on SIGUSR2.
preseed() {
  printf '%s\n' 'storage_pools:' '- name: lab' '  driver: dir' "  config: { source: $POOL }" 'profiles:' '- name: default' '  config:' \
    '    raw.lxc: lxc.signal.halt = SIGUSR2' '  devices:' '    root: { type: disk, path: /, pool: lab }' '    eth0: { type: nic, nictype: p2p }' | lxd init --preseed 9>&-
}
# make NAME options…   creates a container from the image unless it exists
make() { local name=$1; shift; [ -n "$(state "$name")" ] || L init -q lab "$name" "$@" >/dev/null || die "lxc init $name failed"; }
start() { is "$1" RUNNING || L start -q "$1" >/dev/null || { L info "$1" --show-log | tail -n 20 >&2; die "lxc start $1 failed"; }; }

up() {
  one_at_a_time; need lxd lxc tar; local begun=$SECONDS name
  if daemon_up && is lab-stop STOPPED; then say "already up"; return 0; fi
  # The daemon's files lie in $STATE, bind-mounted to the path that its clients use.
  with_systemd || mountpoint -q "$LXD_DIR" || {
    [ ! -e "$LXD_DIR/database" ] || die "foreign LXD in $LXD_DIR"
    [ -d "$LXD_DIR" ] || : >"$STATE/made-var"
    mkdir -p "$STATE/var" "$LXD_DIR" && mount --bind "$STATE/var" "$LXD_DIR" || die "cannot mount $LXD_DIR"
  }
  [ -e /run/lxc ] || : >"$STATE/made-run"
  mkdir -p "$LXD_CONF" "$POOL"; mountpoint -q "$POOL" || mount -t tmpfs -o size=64m,mode=711 labpool "$POOL" || die "cannot mount the pool"
  start_daemon
  L storage show lab >/dev/null 2>&1 || preseed || die "lxd init failed"
  L image info lab >/dev/null 2>&1 || { image; L image import "$STATE/image.tar.gz" --alias lab >/dev/null || die "lxc image import failed"; }
  make lab-web -c limits.processes=100
  make lab-worker -c limits.cpu=1 -c limits.cpu.allowance=50ms/100ms
  make lab-mem -c limits.memory=64MiB -c limits.memory.swap=false
  make lab-priv -c security.privileged=true
  for name in lab-web lab-worker lab-mem lab-priv; do start "$name"; done
  make lab-stop
  say "up in $((SECONDS - begun)) s"
}

break_oom() { L exec lab-mem -- touch /root/eat; }
repair_oom() { L exec lab-mem -- rm -f /root/eat; }
break_frozen() { is lab-priv FROZEN || L pause lab-priv; }
repair_frozen() { is lab-priv RUNNING || L start lab-priv; }
break_pids() { L exec lab-web -- touch /root/fork && L config set lab-web limits.processes 12; }
# The limit is raised first: the fork loop fills it at once, and the commands that end the loop need processes too.
repair_pids() { L config set lab-web limits.processes 1000 && L exec lab-web -- rm -f /root/fork && { L exec lab-web -- killall -q sleep; L config set lab-web limits.processes 100; }; }
break_throttle() { L config set lab-worker limits.cpu.allowance 50ms/100ms && L exec lab-worker -- touch /root/busy && L config set lab-worker limits.cpu.allowance 5ms/100ms; }
repair_throttle() { L config set lab-worker limits.cpu.allowance 50ms/100ms && L exec lab-worker -- rm -f /root/busy; }
break_pool_full() { head -c "$(($(df --output=avail -B1 "$POOL" | tail -n 1) - 1048576))" /dev/zero >"$POOL/fill"; }
repair_pool_full() { rm -f "$POOL/fill"; }
break_stuck_operation() {
  L config set lab-stop raw.lxc 'lxc.signal.halt = SIGWINCH' && start lab-stop || return 1
  spawn stop-client env LAB="$LAB" lxc stop --timeout 3600 lab-stop
  wait_for 10 'the operation' sh -c 'lxc operation list -f csv | grep -q RUNNING'
}
repair_stuck_operation() { kill "$(pid_of stop-client)" 2>/dev/null; rm -f "$STATE/stop-client.pid"; is lab-stop STOPPED || L stop -f lab-stop; L config unset lab-stop raw.lxc; }
# SIGTERM keeps the containers running; SIGPWR would stop them.
break_stop_daemon() { if with_systemd; then systemctl stop lxd.socket; systemctl kill -s TERM --kill-who=main lxd; else reap lxd 20; fi; }
repair_stop_daemon() { start_daemon; }
break_freeze_daemon() { kill -STOP "$(daemon_pid)"; }
repair_freeze_daemon() { kill -CONT "$(daemon_pid)" && wait_for 10 'lxd answering' answers; }
break_member_gone() {
  local token two=$STATE/two
  L cluster list >/dev/null 2>&1 || { L config set core.https_address 127.0.0.1:18443 && L cluster enable lab-one >/dev/null || return 1; }
  L config set cluster.offline_threshold 11
  token=$(L cluster add lab-two | tail -n 1); mkdir -p "$two" "$STATE/pool-two"
  spawn two env $NO_PROXY_SETTINGS LXD_DIR="$two" lxd --group lxd --logfile "$STATE/two.daemon.log"
  LXD_DIR=$two timeout 90 lxd waitready --timeout 80 9>&- || return 1
  printf '%s\n' 'cluster:' '  enabled: true' '  server_address: 127.0.0.1:18444' "  cluster_token: $token" '  member_config:' \
    '  - { entity: storage-pool, name: lab, key: source, value: '"$STATE/pool-two"' }' | LXD_DIR=$two timeout 120 lxd init --preseed 9>&- || return 1
  kill -KILL "$(pid_of two)"; reap two
  wait_for 60 'the cluster to miss lab-two' sh -c 'lxc cluster list -f csv | grep -q "^lab-two,.*OFFLINE"'
}
repair_member_gone() { L cluster remove --force --yes lab-two >/dev/null; reap two; unmount_below "$STATE/two"; rm -rf "$STATE/two" "$STATE/pool-two"; }

status() {
  if ! daemon_up; then say stopped; return 0; fi
  timeout 10 lxc list -c ns4PpmD -f csv || say "lxd does not answer"
  say "broken: $(broken | xargs)"
}
down() {
  one_at_a_time; local name
  if daemon_up; then kill -CONT "$(daemon_pid)"; elif [ -e "$STATE/broken/stop-daemon" ]; then start_daemon; fi
  if daemon_up; then
    repair_stuck_operation >/dev/null 2>&1
    for name in $ALL; do L delete -f "$name" >/dev/null 2>&1; done
    timeout 60 lxd shutdown --timeout 20 >/dev/null 2>&1
    with_systemd || wait_for 20 'lxd to stop' not_alive lxd
  fi
  with_systemd && systemctl stop lxd.socket lxd 2>/dev/null
  reap two; unmount_below "$STATE/two"; reap lxd; unmount_below "$POOL"
  if ! with_systemd; then
    if mountpoint -q "$LXD_DIR"; then unmount_below "$LXD_DIR"; fi
    [ ! -e "$STATE/made-var" ] || rmdir "$LXD_DIR"
    [ ! -e "$STATE/made-run" ] || rm -rf /run/lxc
    remove_cgroups 'lxc.*'
  fi
  rm -rf "$STATE"/{broken,var,two,pool-two,pool,conf,made-var,made-run}; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
