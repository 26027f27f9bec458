#!/usr/bin/env bash
# lab-host.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# A host in namespaces: network (eth0 to a peer, default route), its /run with systemd as a user manager in the place of PID 1's on
# the system bus, an sshd. Processes, memory and disks are those of this machine.   then: ssh -F DIR/host/ssh_config support@host
# Faults: listen-queue, udp-buffer, rp-filter, gateway, duplicate, qdisc (load into a slow shaper), unit-failed, unit-loop,
# unit-limit, unit-log (a unit that writes errors to the journal), segfault, fs-error, resolver (silent), resolver-local (no
# server), skew (with libfaketime), chrony (no source), namespace (accept queue in a namespace within the host), peer-silent (SYNs
# without a reply), peer-lost (open connections whose peer went), ports (few ephemeral ports), and those of limit-faults.sh.
LABNAME=host; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
. "$HERE/limit-faults.sh"
FAULTS="$LIMIT_FAULTS listen-queue udp-buffer rp-filter gateway duplicate qdisc unit-failed unit-loop unit-limit unit-log segfault fs-error resolver resolver-local chrony namespace peer-silent peer-lost ports"
FAKETIME=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -1); [ -z "$FAKETIME" ] || FAULTS="$FAULTS skew"
parse_args "$@"
UNITS=$STATE/home/.config/systemd/user
# A slice, below which journald finds the units.
GROUP=lab-host.slice
NS=crashcart-host; INNER=crashcart-inner; PEER=cch0; HOST=10.213.0.2; PORT=2222
inside() { ip netns exec "$NS" "$@"; }
unit() { nsenter -t "$(pid_of init)" -m env XDG_RUNTIME_DIR="$STATE/run" HOME="$STATE/home" timeout 20 systemctl --user "$@"; }

# Loads of the faults: a listener that never accepts and its clients, a socket that is never read and its sender, a sender of datagrams.
PROGRAM='import socket, sys, time
what, address = sys.argv[2:4]
if what == "lazy":
    listener = socket.socket(); listener.setsockopt(1, 2, 1); listener.bind((address, 9001)); listener.listen(2); time.sleep(1e6)
if what == "deaf":
    deaf = socket.socket(2, 2); deaf.setsockopt(1, 8, 4096); deaf.bind((address, 9002)); time.sleep(1e6)
if what == "connect":
    kept = []
    while True:
        for _ in range(5):
            one = socket.socket(); one.setblocking(False); one.connect_ex((address, 9001)); kept.append(one)
        time.sleep(0.5); del kept[:-200]
if what == "serve":
    listener = socket.socket(); listener.setsockopt(1, 2, 1); listener.bind((address, 9003)); listener.listen(512); kept = []
    while True: kept.append(listener.accept())
if what == "hold":
    held = [socket.socket() for _ in range(int(sys.argv[4]))]
    for one in held: one.setblocking(False); one.connect_ex((address, 9003))
    while True:
        time.sleep(0.5)
        for one in held:
            try: one.send(b"x" * 100)
            except OSError: pass
if what == "lookup":
    while True:
        query = socket.socket(2, 2); query.settimeout(8); query.connect((address, 53))
        try: query.send(b"x" * 30); query.recv(512)
        except OSError: time.sleep(0.2)
        query.close()
send = socket.socket(2, 2)
if len(sys.argv) > 4: send.bind((sys.argv[4], 0))
while True:
    for _ in range(20):
        try: send.sendto(b"x" * 1000, (address, 9002))
        except OSError: pass
    time.sleep(0.05)'
load() { spawn "$1" "${@:2}"; }
python() { printf '%s\0' /usr/bin/python3 -c "$PROGRAM" "$STATE" "$@"; }
run_python() { local name=$1 where=$2; shift 2; mapfile -d '' -t words < <(python "$@"); if [ "$where" = in ]; then load "$name" ip netns exec "$NS" "${words[@]}"; elif [ "$where" = inner ]; then load "$name" ip netns exec "$INNER" "${words[@]}"; else load "$name" "${words[@]}"; fi; }

make_net() {
  ip netns list | grep -qw "$NS" && return 0
  ip netns add "$NS" && ip link add "$PEER" type veth peer name eth0 netns "$NS" || return 1
  ip addr add 10.213.0.1/24 dev "$PEER"; ip addr add fd00:213::1/64 dev "$PEER" nodad; ip link set "$PEER" up
  ip -n "$NS" addr add "$HOST/24" dev eth0; ip -n "$NS" link set lo up; ip -n "$NS" link set eth0 up
  ip -n "$NS" route add default via 10.213.0.1
}
# Below a control group of this lab in every hierarchy: a manager moves the processes beside it.
in_group() {
  local h
  for h in /sys/fs/cgroup/*/ /sys/fs/cgroup/; do [ -f "$h/cgroup.procs" ] && mkdir -p "$h/$GROUP" && echo $$ >"$h/$GROUP/cgroup.procs"; done 2>/dev/null
  [ ! -f "/sys/fs/cgroup/cpuset/$GROUP/cpuset.cpus" ] || for h in cpus mems; do cat "/sys/fs/cgroup/cpuset/cpuset.$h" >"/sys/fs/cgroup/cpuset/$GROUP/cpuset.$h"; done
  :
}
# The first process of the lab's mount namespace, where /sys has the devices of its network.
INIT='mount --make-rprivate / && mkdir -p "$1/cgroup" && mount --rbind /sys/fs/cgroup "$1/cgroup" && mount -t sysfs sysfs /sys && mount --rbind "$1/cgroup" /sys/fs/cgroup || exit 1
  mount -t tmpfs tmpfs /var/log && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/dbus /run/sshd /run/lock "$1/run/systemd/units" /run/systemd/units &&
  mount --bind "$1/run/systemd/units" /run/systemd/units && ln -s "$1/run/bus" /run/dbus/system_bus_socket || exit 1
  mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 1
  export XDG_RUNTIME_DIR=$1/run HOME=$1/home DBUS_SESSION_BUS_ADDRESS=unix:path=$1/run/bus
  mkdir -p /var/log/journal /run/systemd/journal /run/log; (cd / && exec /lib/systemd/systemd-journald) &
  /usr/sbin/sshd -D -f "$1/sshd_config" &
  for h in /sys/fs/cgroup/*/ /sys/fs/cgroup/; do [ ! -d "$h/$2" ] || echo $$ >"$h/$2/cgroup.procs" 2>/dev/null || echo 0 >/dev/null; done
  exec /lib/systemd/systemd --user --log-target=null'
write_files() {
  mkdir -p "$STATE"/{run/systemd/units,home/.config/systemd/user}; chmod 711 "$STATE" "$STATE/run"
  local units=$UNITS
  printf '[Service]\nExecStart=/bin/false\n' >"$units/lab-failed.service"
  printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sh -c "sleep 0.5; exit 3"\nRestart=always\nRestartSec=300ms\n' >"$units/lab-loop.service"
  printf '[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=3\n[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=50ms\n' >"$units/lab-limit.service"
  printf '[Service]\nExecStart=/bin/sh -c "i=0; while :; do i=$$((i+1)); echo \\"<3>lab line $$i\\"; sleep 0.5; done"\n' >"$units/lab-log.service"
  cat >"$STATE/bus.conf" <<EOF
<busconfig><type>system</type><listen>systemd:</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
EOF
  # The bus of the manager, open to every user as the system's is.
  printf '[Unit]\nRequires=dbus.socket\n[Service]\nType=notify\nExecStart=/usr/bin/dbus-daemon --config-file=%s/bus.conf --nofork --nopidfile --systemd-activation\n' "$STATE" >"$units/dbus.service"
  sed -e "s/^ListenAddress .*/ListenAddress $HOST:$PORT/" "$LAB/sshd/sshd_main.conf" >"$STATE/sshd_config"
  # Sessions take the time of the day from a file, which a fault changes.
  [ -z "$FAKETIME" ] || printf 'SetEnv LD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE=%s FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1\n' "$FAKETIME" "$STATE/faketime" >>"$STATE/sshd_config"
  echo +0 >"$STATE/faketime"; printf 'nameserver 10.213.0.1\n' >"$STATE/resolv.conf"
  printf 'server 192.0.2.1 iburst\nbindcmdaddress 127.0.0.1\nbindcmdaddress /\npidfile %s/chronyd.run\n' "$STATE" >"$STATE/chrony.conf"
  { printf 'Host host\n  HostName %s\n  Port %s\n  HostKeyAlias lab-host\n  UserKnownHostsFile %s/known_hosts\n  StrictHostKeyChecking yes\n  IdentityFile %s/sshd/keys/id_ed25519\n  IdentitiesOnly yes\n' "$HOST" "$PORT" "$STATE" "$LAB"; } >"$STATE/ssh_config"
  sed 's/^/lab-host /' "$LAB"/sshd/keys/host_{ed25519,rsa,ecdsa}.pub >"$STATE/known_hosts"
}
up() {
  need ip unshare dbus-daemon python3 tc chronyd; one_at_a_time; [ -x /lib/systemd/systemd ] || die "missing systemd"
  "$HERE/../sshd/lab-sshd.sh" up --dir "$LAB" >/dev/null || die "the sshd lab does not come up"
  if alive init; then say "already up"; return 0; fi
  local start=$SECONDS
  make_net && write_files || die "cannot make the namespaces"
  (in_group; spawn init nsenter "--net=/run/netns/$NS" unshare -m --propagation private bash -c "$INIT" init "$STATE" "$GROUP")
  wait_for 20 "systemd's manager" unit is-system-running --wait || unit is-system-running | grep -Eq 'running|degraded' || die "systemd does not answer: $(tail -3 "$STATE/init.log")"
  unit start dbus.service || die "the bus does not start"
  wait_for 10 "sshd" ssh -F "$STATE/ssh_config" support@host true || die "no login"
  say "up in $((SECONDS - start)) s"
}
down() {
  one_at_a_time; local name
  for name in lazy connect deaf send slow lost martian files locked user zombies lookup chronyd lazy-inner connect-inner silent lost-peer server ports; do reap "$name"; done
  repair_fs_error; reap init 10
  pkill -f "$STATE/sshd_config" 2>/dev/null; pkill -f "$STATE/bus.conf" 2>/dev/null
  ip netns del "$NS" 2>/dev/null; ip netns del "$INNER" 2>/dev/null; ip link del "$PEER" 2>/dev/null
  remove_cgroups "$GROUP"; rm -rf "$STATE/broken" "$STATE/run"; say down
}
status() { alive init && unit is-system-running; }

break_listen_queue() { run_python lazy in lazy 0.0.0.0 && run_python connect out connect "$HOST"; }
repair_listen_queue() { reap connect; reap lazy; }
break_udp_buffer() { run_python deaf in deaf 0.0.0.0 && run_python send out send "$HOST"; }
repair_udp_buffer() { reap send; reap deaf; }
break_rp_filter() {
  inside sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1 && inside ip route add 10.99.9.0/24 dev lo && ip addr add 10.99.9.9/32 dev "$PEER" &&
    run_python martian out send "$HOST" 10.99.9.9
}
repair_rp_filter() { reap martian; ip addr del 10.99.9.9/32 dev "$PEER" 2>/dev/null; inside ip route del 10.99.9.0/24 dev lo 2>/dev/null; inside sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0; }
break_gateway() { inside ip route replace default via 10.213.0.77 && run_python lost in send 192.0.2.99; }
repair_gateway() { reap lost; inside ip route replace default via 10.213.0.1; }
break_duplicate() { ip -n "$NS" addr add fd00:213::1/64 dev eth0 && wait_for 8 'duplicate address detection' sh -c "ip -n $NS -6 addr show dev eth0 | grep -q dadfailed"; }
repair_duplicate() { ip -n "$NS" addr del fd00:213::1/64 dev eth0 2>/dev/null; :; }
# On a separate link: a shaper on eth0 holds up the login as well.
break_qdisc() {
  ip -n "$NS" link add slow0 type veth peer name slow1 && ip -n "$NS" addr add 10.213.7.1/24 dev slow0 && ip -n "$NS" link set slow0 up &&
    ip -n "$NS" link set slow1 up && ip -n "$NS" neigh add 10.213.7.2 lladdr 02:00:00:00:07:02 dev slow0 &&
    inside tc qdisc replace dev slow0 root tbf rate 200kbit burst 3000 limit 20000 && run_python slow in send 10.213.7.2
}
repair_qdisc() { reap slow; ip -n "$NS" link del slow0 2>/dev/null; :; }
# Frames to that address vanish: no host has it.
break_resolver() {
  ip -n "$NS" neigh replace 10.213.0.53 lladdr 02:00:00:00:00:53 dev eth0 nud permanent && printf 'nameserver 10.213.0.53\n' >"$STATE/resolv.conf" &&
    run_python lookup in lookup 10.213.0.53
}
repair_resolver() { reap lookup; ip -n "$NS" neigh del 10.213.0.53 dev eth0 2>/dev/null; printf 'nameserver 10.213.0.1\n' >"$STATE/resolv.conf"; }
break_resolver_local() { printf 'nameserver 127.0.0.53\n' >"$STATE/resolv.conf"; }
repair_resolver_local() { printf 'nameserver 10.213.0.1\n' >"$STATE/resolv.conf"; }
break_skew() { echo +95 >"$STATE/faketime"; }
repair_skew() { echo +0 >"$STATE/faketime"; }
break_chrony() { load chronyd ip netns exec "$NS" chronyd -x -d -u root -f "$STATE/chrony.conf"; }
repair_chrony() { reap chronyd; }
break_namespace() {
  ip netns add "$INNER" && ip -n "$INNER" link set lo up && run_python lazy-inner inner lazy 127.0.0.1 && run_python connect-inner inner connect 127.0.0.1
}
repair_namespace() { reap connect-inner; reap lazy-inner; ip netns del "$INNER" 2>/dev/null; :; }
# Frames to that address vanish, as of a host that is off behind a router.
break_peer_silent() { ip -n "$NS" neigh replace 10.213.0.44 lladdr 02:00:00:00:00:44 dev eth0 nud permanent && run_python silent in hold 10.213.0.44 3; }
repair_peer_silent() { reap silent; ip -n "$NS" neigh del 10.213.0.44 dev eth0 2>/dev/null; :; }
break_peer_lost() {
  ip addr add 10.213.0.5/24 dev "$PEER" && run_python server out serve 10.213.0.5 && sleep 0.5 && run_python lost-peer in hold 10.213.0.5 3 && sleep 1 &&
    ip -n "$NS" neigh replace 10.213.0.5 lladdr 02:00:00:00:00:55 dev eth0 nud permanent
}
repair_peer_lost() { reap lost-peer; reap server; ip -n "$NS" neigh del 10.213.0.5 dev eth0 2>/dev/null; ip addr del 10.213.0.5/24 dev "$PEER" 2>/dev/null; :; }
break_ports() { inside sysctl -qw net.ipv4.ip_local_port_range='40000 40049' && run_python server out serve 10.213.0.1 && sleep 0.5 && run_python ports in hold 10.213.0.1 60; }
repair_ports() { reap ports; reap server; inside sysctl -qw net.ipv4.ip_local_port_range='32768 60999'; }
break_unit_failed() { unit daemon-reload; unit start lab-failed 2>/dev/null; wait_for 10 'lab-failed to fail' unit is-failed lab-failed; }
repair_unit_failed() { unit reset-failed lab-failed; }
break_unit_loop() { unit daemon-reload; unit start --no-block lab-loop; }
repair_unit_loop() { unit stop lab-loop; unit reset-failed lab-loop 2>/dev/null; :; }
break_unit_log() { unit daemon-reload; unit start lab-log; }
repair_unit_log() { unit stop lab-log; }
break_unit_limit() { unit daemon-reload; unit start --no-block lab-limit; wait_for 15 'lab-limit to fail' unit is-failed lab-limit; }
repair_unit_limit() { unit reset-failed lab-limit; }
break_segfault() { /usr/bin/python3 -c 'import ctypes; ctypes.string_at(0)' 2>/dev/null; :; }
repair_segfault() { :; }
break_fs_error() {
  mkdir -p "$STATE/mnt"; [ -s "$STATE/image" ] || { truncate -s 32M "$STATE/image" && mkfs.ext4 -q "$STATE/image"; } || return 1
  mount -o loop "$STATE/image" "$STATE/mnt" && echo "lab: test error" >"/sys/fs/ext4/$(basename "$(findmnt -no SOURCE "$STATE/mnt")")/trigger_fs_error"
}
repair_fs_error() { umount "$STATE/mnt" 2>/dev/null; rm -f "$STATE/image"; :; }

run_verb
