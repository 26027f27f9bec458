#!/bin/bash
# lab-ovs.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# Open vSwitch with the userspace datapath, its sockets at Debian's paths (or see places.sh): br-int with red and blue
# (VLAN 10) and green (VLAN 20) in namespaces, a patch to br-ex, a VXLAN port on br-tun, a bond with LACP between the two;
# conntrack, learn, 100 rules, and a little traffic from red to blue.
# Faults: megaflows (5 000), upcall (300 flows at a flow-limit of 150: lost upcalls), rules (100 000), nodev (a port without
# a device), ctl (a controller that is unreachable), linkdown (green), vlan (blue in the wrong VLAN), bond (one member down),
# box (a port of the container lab-idle of lab-docker.sh, which pings red), pmd (two PMD threads on dummy ports, all packets
# in one rx queue), frozen (ovs-vswitchd stopped), ctfull (conntrack table limited to 60 connections), ctzone (zone 5 limited to 10),
# bfd (sessions over the veth pair of the bond, and to a peer that is not there), tls (a certificate of 30 days in the database),
# mtu (port of blue at 576), mtuin (blue itself at 576), mtuout (red sends 3 000 bytes).
LABNAME=ovs; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="megaflows upcall rules nodev ctl linkdown vlan bond box pmd frozen ctfull ctzone bfd tls mtu mtuin mtuout"
parse_args "$@"
. "$HERE/places.sh"
RUN=$OVS_RUN; DB=unix:$RUN/db.sock; P=cc
vsctl() { timeout 15 ovs-vsctl --db="$DB" --timeout=10 "$@"; }
appctl() { timeout 15 ovs-appctl -T 10 -t ovs-vswitchd "$@"; }
ofctl() { timeout 60 ovs-ofctl -O OpenFlow14 "$@"; }
traffic() { local name=$1 ns=$2; shift 2; spawn "$name" ip netns exec "$P-$ns" python3 "$HERE/traffic.py" "$STATE" "$@"; }
mac() { ip -n "$P-$1" -br link show eth0 | awk '{print $3}'; }

namespace() { # NAME OFPORT ADDRESS VLAN
  local v=$P-$1; ip netns list | grep -qw "$v" || ip netns add "$v"
  ip link show "$v" >/dev/null 2>&1 || ip link add "$v" type veth peer name eth0 netns "$v"
  ip link set "$v" up; ip -n "$v" addr replace "$3/24" dev eth0; ip -n "$v" link set lo up; ip -n "$v" link set eth0 up
  # The userspace datapath does not fill in the checksum that a veth leaves out: TCP would be dropped.
  ip netns exec "$v" ethtool -K eth0 tx off >/dev/null 2>&1
  vsctl --may-exist add-port br-int "$v" tag="$4" -- set Interface "$v" ofport_request="$2" "external_ids:iface-id=lab-$1" "external_ids:attached-mac=$(mac "$1")" "external_ids:vm-id=00000000-0000-4000-8000-0000000000$2"
}
base_flows() { # 0 classify, 1 conntrack, 2 learn, 10 bulk, 20 output
  local b
  ofctl --bundle replace-flows br-int - <<'R' || return
cookie=0x1,table=0,priority=100,arp actions=resubmit(,20)
cookie=0x1,table=0,priority=100,ip actions=resubmit(,1)
cookie=0x1,table=0,priority=0 actions=resubmit(,20)
cookie=0x2,table=1,priority=100,ip,ct_state=-trk actions=ct(table=1,zone=5)
cookie=0x2,table=1,priority=90,ip,ct_state=+trk+new actions=ct(commit,zone=5),resubmit(,2)
cookie=0x2,table=1,priority=90,ip,ct_state=+trk+est actions=resubmit(,2)
cookie=0x2,table=1,priority=90,ip,ct_state=+trk+inv actions=drop
cookie=0x3,table=2,priority=10 actions=learn(table=3,idle_timeout=60,hard_timeout=300,priority=10,cookie=0x33,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]),resubmit(,10)
cookie=0x4,table=10,priority=0 actions=resubmit(,20)
cookie=0x5,table=20,priority=0 actions=NORMAL
R
  for b in br-ex br-tun; do ofctl --bundle replace-flows "$b" - <<<'cookie=0x9,table=0,priority=0 actions=NORMAL' || return; done
  rules 100
}
rules() {
  python3 - "$1" >"$STATE/rules.txt" <<'Y'
import sys
for i in range(int(sys.argv[1])):
    ip = f"10.{60 + (i >> 16 & 63)}.{i >> 8 & 255}.{i & 255}"
    match = [f"ip,nw_dst={ip}", f"tcp,nw_dst={ip},tp_dst={i % 60000 + 1}", f"ip,nw_src={ip}"][i % 3]
    print(f"cookie=0xb0,table=10,priority={100 + i % 3},{match} actions=resubmit(,20)")
Y
  # One bundle: separate rules wait for the main thread each, 52 s for 10 000 on a busy machine, against 3 s.
  ofctl del-flows br-int cookie=0xb0/-1,table=10 && ofctl --bundle add-flows br-int "$STATE/rules.txt"
}

up() {
  one_at_a_time; need ovs-vswitchd ovsdb-server ovs-vsctl ethtool ip; local begun=$SECONDS b n
  if alive vswitchd && alive ovsdb; then say "already up"; return 0; fi
  if pgrep -x ovs-vswitchd >/dev/null; then die "foreign ovs-vswitchd on this machine"; fi
  echo "$PLACE" >"$STATE/place"; mkdir -p "$RUN"; rm -f "$RUN"/*.ctl "$RUN"/*.sock
  [ -e "$STATE/conf.db" ] || ovsdb-tool create "$STATE/conf.db" /usr/share/openvswitch/vswitch.ovsschema || die "no database"
  spawn ovsdb ovsdb-server "$STATE/conf.db" --remote="punix:$RUN/db.sock" --remote=db:Open_vSwitch,Open_vSwitch,manager_options --pidfile="$RUN/ovsdb-server.pid" --log-file="$STATE/ovsdb-server.log" -vconsole:off
  wait_for 10 "ovsdb-server" test -S "$RUN/db.sock" || exit 1
  vsctl --no-wait init -- set Open_vSwitch . external_ids:system-id=crashcart-lab external_ids:hostname=lab1 ovs-version="$(ovs-vswitchd --version | sed -n '1s/.* //p')" || die "no switch in the database"
  # `alive` recognises the process by a path below $LAB in its arguments.
  # Dummy ports need no device; PMD threads poll them like DPDK ports.
  spawn vswitchd ovs-vswitchd "$DB" --enable-dummy --pidfile="$RUN/ovs-vswitchd.pid" --log-file="$STATE/ovs-vswitchd.log" -vconsole:off
  wait_for 15 "ovs-vswitchd" appctl version || exit 1
  for b in br-int br-ex br-tun; do vsctl --may-exist add-br $b -- set Bridge $b datapath_type=netdev protocols=OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15 fail_mode=secure; done
  for n in 0 1; do ip link show $P-b${n}a >/dev/null 2>&1 || ip link add $P-b${n}a type veth peer name $P-b${n}b; ip link set $P-b${n}a up; ip link set $P-b${n}b up; done
  vsctl --may-exist add-port br-int patch-ex -- set Interface patch-ex type=patch options:peer=patch-int -- \
    --may-exist add-port br-ex patch-int -- set Interface patch-int type=patch options:peer=patch-ex -- \
    --may-exist add-port br-tun vx0 -- set Interface vx0 type=vxlan options:remote_ip=127.0.0.9 options:key=flow options:dst_port=14789 -- \
    --may-exist add-bond br-ex bond-a $P-b0a $P-b1a lacp=active bond_mode=balance-tcp other_config:lacp-time=fast -- \
    --may-exist add-bond br-tun bond-b $P-b0b $P-b1b lacp=active bond_mode=balance-tcp other_config:lacp-time=fast
  namespace red 11 10.55.10.1 10; namespace blue 12 10.55.10.2 10; namespace green 13 10.55.20.3 20
  base_flows || die "no rules"
  wait_for 20 "red to reach blue" ip netns exec "$P-red" python3 "$HERE/traffic.py" "$STATE" ping 10.55.10.2 0.5 1 || exit 1
  traffic ping red ping 10.55.10.2 0.2; traffic serve blue serve 5001; traffic tcp red tcp 10.55.10.2 5001 2
  traffic udp red raw eth0 10.55.10.1 10.55.10.2 "$(mac blue)" 40 200
  say "up in $((SECONDS - begun)) s"
}

# multipath over the 5-tuple, so that each connection gets a separate megaflow
spread() { ofctl add-flow br-int 'cookie=0xe0,table=10,priority=50,udp actions=multipath(symmetric_l4,0,modulo_n,64,0,NXM_NX_REG1[]),resubmit(,20)'; }
break_megaflows() { spread && traffic many red raw eth0 10.55.10.1 10.55.10.2 "$(mac blue)" "${LAB_FLOWS:-5000}" "${LAB_PPS:-4000}"; }
repair_megaflows() { reap many; ofctl del-flows br-int cookie=0xe0/-1; }
break_upcall() { spread && vsctl set Open_vSwitch . other_config:flow-limit="${LAB_LIMIT:-150}" && traffic some red raw eth0 10.55.10.1 10.55.10.2 "$(mac blue)" "${LAB_FLOWS:-300}" 1500; }
repair_upcall() { reap some; vsctl remove Open_vSwitch . other_config flow-limit && ofctl del-flows br-int cookie=0xe0/-1; }
break_rules() { rules "${LAB_RULES:-100000}"; }
repair_rules() { rules 100; }
break_nodev() { vsctl --may-exist add-port br-int ghost0 || true; }
repair_nodev() { vsctl --if-exists del-port ghost0; }
break_ctl() { vsctl set-controller br-int tcp:127.0.0.1:6699 && sleep 0.5 && base_flows; }
# A change of the controller removes all rules of the bridge (fail_mode=secure).
repair_ctl() { vsctl del-controller br-int && sleep 0.5 && base_flows; }
break_linkdown() { ip -n $P-green link set eth0 down; }
repair_linkdown() { ip -n $P-green link set eth0 up; }
break_vlan() { vsctl set Port $P-blue tag=20; }
repair_vlan() { vsctl set Port $P-blue tag=10; }
break_bond() { ip link set $P-b1b down; }
repair_bond() { ip link set $P-b1b up; }
# Like ovs-docker, but without external_ids of the port: only the other end of the veth pair identifies the container.
break_box() {
  local pid; pid=$(timeout 10 docker -H unix:///run/docker.sock inspect -f '{{.State.Pid}}' lab-idle) && [ "$pid" -gt 1 ] || die "no container lab-idle (lab-docker.sh up)"
  ip link add $P-box type veth peer name eth9 netns "$pid" && ip link set $P-box up &&
    nsenter -t "$pid" -n sh -c 'ip addr add 10.55.10.9/24 dev eth9 && ip link set eth9 up && ethtool -K eth9 tx off >/dev/null' &&
    vsctl --may-exist add-port br-int $P-box tag=10 && spawn box nsenter -t "$pid" -n python3 "$HERE/traffic.py" "$STATE" ping 10.55.10.1 0.2
}
repair_box() { reap box; vsctl --if-exists del-port $P-box; ip link del $P-box 2>/dev/null || true; }
# PMD threads may sleep, else they use both CPUs of a small machine; a hundred outputs make each packet expensive.
break_pmd() {
  local i
  vsctl --no-wait set Open_vSwitch . other_config:pmd-cpu-mask=0x3 other_config:pmd-maxsleep=500 other_config:pmd-sleep-max=500
  vsctl add-br br-pmd -- set Bridge br-pmd datapath_type=netdev protocols=OpenFlow10,OpenFlow14 fail_mode=secure &&
    for i in 0 1; do vsctl add-port br-pmd pm$i -- set Interface pm$i type=dummy-pmd options:n_rxq=2 ofport_request=$((i + 1)) || return; done
  ofctl add-flow br-pmd "in_port=1 actions=$(yes output:2 | head -n 100 | paste -sd,)" || return
  traffic pmd red dummy "$RUN/ovs-vswitchd.$(cat "$RUN/ovs-vswitchd.pid").ctl" pm0 0 "${LAB_PPS:-1000}"
}
repair_pmd() { reap pmd; vsctl --if-exists del-br br-pmd; vsctl remove Open_vSwitch . other_config pmd-cpu-mask -- remove Open_vSwitch . other_config pmd-maxsleep -- remove Open_vSwitch . other_config pmd-sleep-max; }
break_frozen() { kill -STOP "$(cat "$RUN/ovs-vswitchd.pid")"; }
repair_frozen() { kill -CONT "$(cat "$RUN/ovs-vswitchd.pid")"; }

break_ctfull() { appctl dpctl/ct-set-maxconns 60; }
repair_ctfull() { appctl dpctl/ct-set-maxconns 3000000; }
break_ctzone() { appctl dpctl/ct-set-limits zone=5,limit=10; }
repair_ctzone() { appctl dpctl/ct-del-limits zone=5; }

break_bfd() { vsctl set Interface $P-b0a bfd:enable=true -- set Interface $P-b0b bfd:enable=true -- set Interface vx0 bfd:enable=true; }
repair_bfd() { vsctl clear Interface $P-b0a bfd -- clear Interface $P-b0b bfd -- clear Interface vx0 bfd; }
# Not below /tmp, where any user writes: the end date of a certificate there is not read.
PKI=/opt${STATE#/tmp}
break_tls() {
  need openssl
  mkdir -p "$PKI"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$PKI/key.pem" -out "$PKI/cert.pem" -days 30 -subj /CN=lab1 2>/dev/null && vsctl set-ssl "$PKI/key.pem" "$PKI/cert.pem" "$PKI/cert.pem"
}
repair_tls() { vsctl del-ssl; rm -rf "$PKI"; rmdir --ignore-fail-on-non-empty "$(dirname "$PKI")"; }

long() { traffic long red flood 10.55.10.2 9999 50 "$1"; }
break_mtu() { ip link set $P-blue mtu 576 && long 1400; }
repair_mtu() { reap long; ip link set $P-blue mtu 1500; }
break_mtuin() { ip -n $P-blue link set eth0 mtu 576 && long 1400; }
repair_mtuin() { reap long; ip -n $P-blue link set eth0 mtu 1500; }
break_mtuout() { ip -n $P-red link set eth0 mtu 4000 && long 3000; }
repair_mtuout() { reap long; ip -n $P-red link set eth0 mtu 1500; }

status() { if alive vswitchd; then vsctl show; appctl upcall/show; say "broken: $(broken | xargs)"; else say stopped; fi; }
down() {
  one_at_a_time; local n
  for n in long box pmd many some udp tcp serve ping; do reap $n; done
  if [ -s "$STATE/vswitchd.pid" ]; then kill -CONT "$(pid_of vswitchd)" 2>/dev/null; fi
  reap vswitchd; reap ovsdb
  for n in red blue green; do ip link del "$P-$n" 2>/dev/null; ip netns del "$P-$n" 2>/dev/null; done
  for n in $P-box $P-b0a $P-b1a br-int br-ex br-tun br-pmd ovs-netdev; do ip link del "$n" 2>/dev/null; done
  rm -rf "$RUN"; remove_empty "$(dirname "$RUN")"; rm -rf "$STATE"/{place,broken,conf.db,.conf.db.~lock~}; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
