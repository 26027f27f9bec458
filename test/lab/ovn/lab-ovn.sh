#!/bin/bash
# lab-ovn.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# OVN on the switch of lab-ovs.sh (which it brings up): both databases, northd, one chassis, two logical switches, a
# router, ACLs, a load balancer; web1 reaches db1 through the router.
# With LAB_OVN_CLUSTER=1 both databases are clusters of three servers (RAFT), with the sockets at MicroOVN's paths.
# Faults: chassis (one that never reports), claim (a port requested on that chassis), frozen (ovn-controller stopped), northd
# (stopped), acl (web1 to db1 TCP is dropped), acllog (4 000 packets/s
# match an ACL with a log), duel (a second ovn-controller, on lab-chassis-2, claims db1 as well); of a cluster raft-lost (the third server of the northbound database is killed),
# raft-frozen (the second one is stopped), raft-own (the one on this host is stopped).
LABNAME=ovn; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="chassis claim frozen northd acl acllog duel raft-lost raft-frozen raft-own"
parse_args "$@"
. "$HERE/../ovs/places.sh"
OVS=$OVS_RUN; P=cc; SNAP=/var/snap/crashcart-lab; RUN=$OVN_RUN; CHASSIS=$OVN_CHASSIS; MEMBERS=1
if [ "$CMD" = up ] && [ -n "${LAB_OVN_CLUSTER:-}" ]; then : >"$STATE/clustered"; fi
if [ -e "$STATE/clustered" ]; then RUN=$SNAP/common/run/central; CHASSIS=$SNAP/common/run/chassis; MEMBERS=3; fi
sock_of() { if [ "$2" = 1 ]; then echo "$RUN/ovn$1_db.sock"; else echo "$STATE/$1$2.sock"; fi; }
ctl_of() { if [ "$2" = 1 ]; then echo "$RUN/ovn$1_db.ctl"; else echo "$STATE/$1$2.ctl"; fi; }
remotes() { local i all=; for i in $(seq $MEMBERS); do all+=,unix:$(sock_of "$1" "$i"); done; echo "${all#,}"; }
NBDB=$(remotes nb); SBDB=$(remotes sb)
nb() { timeout 30 ovn-nbctl --db="$NBDB" --timeout=20 "$@"; }
sb() { timeout 30 ovn-sbctl --db="$SBDB" --timeout=20 "$@"; }
vsctl() { timeout 15 ovs-vsctl --db="unix:$OVS/db.sock" --timeout=10 "$@"; }
traffic() { local name=$1 ns=$2; shift 2; spawn "$name" ip netns exec "$P-$ns" python3 "$HERE/../ovs/traffic.py" "$STATE" "$@"; }
has_chassis() { [ -n "$(sb --bare --columns=name find Chassis name=lab-chassis-1)" ]; }

guest() { # NAME MAC ADDRESS GATEWAY
  local v=$P-$1; ip netns list | grep -qw "$v" || ip netns add "$v"
  ip link show "$v" >/dev/null 2>&1 || ip link add "$v" type veth peer name eth0 netns "$v"
  ip link set "$v" up; ip -n "$v" link set eth0 address "$2"; ip -n "$v" addr replace "$3/24" dev eth0
  ip -n "$v" link set lo up; ip -n "$v" link set eth0 up; ip -n "$v" route replace default via "$4"
  ip netns exec "$v" ethtool -K eth0 tx off >/dev/null 2>&1
  vsctl --may-exist add-port br-ovn "$v" -- set Interface "$v" "external_ids:iface-id=$1"
}

# server DATABASE MEMBER   starts one server of a database
server() { spawn "ovsdb-$1$2" ovsdb-server "$STATE/$1$2.db" --remote="punix:$(sock_of "$1" "$2")" --unixctl="$(ctl_of "$1" "$2")" --log-file="$STATE/ovsdb-$1$2.log" -vconsole:off; }
database() { # nb|sb
  local i schema=/usr/share/ovn/ovn-$1.ovsschema name base=16640
  if [ "$1" = nb ]; then name=OVN_Northbound; else name=OVN_Southbound; base=16650; fi
  for i in $(seq $MEMBERS); do
    if [ ! -e "$STATE/$1$i.db" ]; then
      if [ $MEMBERS = 1 ]; then ovsdb-tool create "$STATE/$1$i.db" "$schema"
      elif [ "$i" = 1 ]; then ovsdb-tool --election-timer=2000 create-cluster "$STATE/$1$i.db" "$schema" tcp:127.0.0.1:$((base + 1)) 2>/dev/null
      else ovsdb-tool join-cluster "$STATE/$1$i.db" $name tcp:127.0.0.1:$((base + i)) tcp:127.0.0.1:$((base + 1)); fi || die "no database"
    fi
    server "$1" "$i"; wait_for 10 "OVN $1 database $i" test -S "$(sock_of "$1" "$i")" || exit 1
  done
  for i in $(seq $MEMBERS); do
    wait_for 20 "server $i of $name" ovsdb-client --timeout=5 wait "unix:$(sock_of "$1" "$i")" $name connected || exit 1
  done
}

up() {
  one_at_a_time; need ovn-northd ovn-controller ovn-nbctl; local begun=$SECONDS d s
  "$HERE/../ovs/lab-ovs.sh" up --dir "$LAB" >/dev/null 9>&- || die "no switch"
  if alive controller && alive northd; then say "already up"; return 0; fi
  mkdir -p "$RUN" "$CHASSIS"; rm -f "$RUN"/ovn*.{ctl,sock} "$CHASSIS"/ovn*.ctl
  for d in nb sb; do database $d; done
  spawn northd env OVN_RUNDIR="$RUN" ovn-northd --ovnnb-db="$NBDB" --ovnsb-db="$SBDB" --pidfile="$RUN/ovn-northd.pid" --log-file="$STATE/ovn-northd.log" -vconsole:off
  vsctl --may-exist add-br br-ovn -- set Bridge br-ovn datapath_type=netdev fail_mode=secure -- set Open_vSwitch . \
    external_ids:ovn-remote="$SBDB" external_ids:ovn-encap-type=geneve external_ids:ovn-encap-ip=127.0.0.1 \
    external_ids:ovn-bridge=br-ovn external_ids:ovn-bridge-datapath-type=netdev external_ids:system-id=lab-chassis-1 || die "no br-ovn"
  spawn controller env OVN_RUNDIR="$CHASSIS" ovn-controller "unix:$OVS/db.sock" --pidfile="$CHASSIS/ovn-controller.pid" --log-file="$STATE/ovn-controller.log" -vconsole:off
  wait_for 20 "a chassis" has_chassis || exit 1
  nb --may-exist ls-add web -- --may-exist ls-add db -- --may-exist lr-add r0 -- set NB_Global . name=crashcart-lab
  nb --may-exist lsp-add web web1 -- lsp-set-addresses web1 "02:00:00:00:01:01 10.66.1.11" -- lsp-set-port-security web1 "02:00:00:00:01:01 10.66.1.11"
  nb --may-exist lsp-add db db1 -- lsp-set-addresses db1 "02:00:00:00:02:02 10.66.2.12" -- --may-exist lsp-add db db2 -- lsp-set-addresses db2 "02:00:00:00:02:03 10.66.2.13"
  nb --may-exist lrp-add r0 r0-web 02:00:00:00:01:fe 10.66.1.1/24 -- --may-exist lrp-add r0 r0-db 02:00:00:00:02:fe 10.66.2.1/24
  for s in web db; do nb --may-exist lsp-add $s $s-r0 -- lsp-set-type $s-r0 router -- lsp-set-addresses $s-r0 router -- lsp-set-options $s-r0 router-port=r0-$s; done
  nb --may-exist lr-nat-add r0 dnat_and_snat 10.66.250.12 10.66.2.12 -- --may-exist lr-route-add r0 10.99.0.0/16 10.66.2.12
  nb --may-exist acl-add db to-lport 1001 'outport == "db1" && tcp.dst == 5002' allow-related -- --may-exist lb-add lb0 10.66.9.9:80 10.66.2.12:5002 -- --may-exist ls-lb-add web lb0
  guest web1 02:00:00:00:01:01 10.66.1.11 10.66.1.1; guest db1 02:00:00:00:02:02 10.66.2.12 10.66.2.1
  nb --wait=hv sync || die "ovn-nbctl --wait=hv sync did not come back"
  wait_for 20 "web1 to reach db1" ip netns exec "$P-web1" python3 "$HERE/../ovs/traffic.py" "$STATE" ping 10.66.2.12 0.5 1 || exit 1
  traffic serve db1 serve 5002; traffic ping web1 ping 10.66.2.12 0.5; traffic tcp web1 tcp 10.66.2.12 5002 1
  say "up in $((SECONDS - begun)) s"
}

break_chassis() {
  sb --may-exist chassis-add lab-chassis-gone geneve 127.0.0.66 && sb set Chassis lab-chassis-gone hostname=gone1 &&
    sb create Chassis_Private name=lab-chassis-gone nb_cfg=0 nb_cfg_timestamp=$(($(date +%s%3N) - 900000)) chassis="$(sb --bare --columns=_uuid find Chassis name=lab-chassis-gone)" >/dev/null && nb --wait=sb sync
}
# `--wait=sb`, because `--wait=hv` waits for every chassis, also for a stopped one.
repair_chassis() { sb --if-exists chassis-del lab-chassis-gone; sb --if-exists destroy Chassis_Private lab-chassis-gone; nb --wait=sb sync; }
break_claim() { nb lsp-set-options db2 requested-chassis=gone1; }
repair_claim() { nb lsp-set-options db2; }
break_frozen() { kill -STOP "$(cat "$CHASSIS/ovn-controller.pid")" && nb --wait=sb sync; }
repair_frozen() { kill -CONT "$(cat "$CHASSIS/ovn-controller.pid")" && nb --wait=sb sync; }
break_northd() { kill -STOP "$(cat "$RUN/ovn-northd.pid")" && nb --no-wait sync; }
repair_northd() { kill -CONT "$(cat "$RUN/ovn-northd.pid")" && nb --wait=sb sync; }
break_acl() { nb --may-exist acl-add db to-lport 2000 'outport == "db1" && tcp' drop; }
repair_acl() { nb acl-del db to-lport 2000 'outport == "db1" && tcp'; }
break_acllog() { nb --may-exist --log --severity=info --name=storm acl-add db to-lport 1500 'outport == "db1" && udp' allow && traffic storm web1 flood 10.66.2.12 7000 "${LAB_PPS:-4000}"; }
repair_acllog() { reap storm; nb acl-del db to-lport 1500 'outport == "db1" && udp'; }
# Second ovn-controller with its own Open_vSwitch database and no ovs-vswitchd: the interface has its ofport by hand.
DUEL=unix:$STATE/duel.sock
duel_vsctl() { timeout 15 ovs-vsctl --db="$DUEL" --no-wait --timeout=10 "$@"; }
break_duel() {
  mkdir -p "$STATE/duel"; rm -f "$STATE"/duel.{db,sock} "$STATE"/duel/*
  ovsdb-tool create "$STATE/duel.db" /usr/share/openvswitch/vswitch.ovsschema || die "no database"
  spawn duel-ovsdb ovsdb-server "$STATE/duel.db" --remote="punix:$STATE/duel.sock" --unixctl="$STATE/duel/ovsdb.ctl" -vconsole:off
  wait_for 10 "second database" test -S "$STATE/duel.sock" || exit 1
  duel_vsctl init -- set Open_vSwitch . external_ids:ovn-remote="$SBDB" external_ids:ovn-encap-type=geneve external_ids:ovn-encap-ip=127.0.0.2 \
    external_ids:ovn-bridge=br-ovn external_ids:system-id=lab-chassis-2 external_ids:hostname=lab2 -- add-br br-ovn -- set Bridge br-ovn datapath_type=netdev \
    -- add-port br-ovn twin -- set Interface twin external_ids:iface-id=db1 ofport=1 || die "no second switch"
  spawn duel env OVN_RUNDIR="$STATE/duel" ovn-controller "$DUEL" --pidfile="$STATE/duel/ovn-controller.pid" --log-file="$STATE/duel.log" -vconsole:off
}
# ovn-controller 23.03 keeps too few flows after its port was claimed back and forth, also after a recompute: web1 does not reach
# db1 any more.
repair_duel() { reap duel; reap duel-ovsdb; sb --if-exists chassis-del lab-chassis-2; sb --if-exists destroy Chassis_Private lab-chassis-2; rm -rf "$STATE/duel" "$STATE"/duel.{db,sock}; }
clustered() { [ $MEMBERS = 3 ] || die "the databases are not clustered (LAB_OVN_CLUSTER=1)"; }
break_raft_lost() { clustered; kill -KILL "$(pid_of ovsdb-nb3)" && wait_for 5 "the third server to die" not_alive ovsdb-nb3; }
repair_raft_lost() { rm -f "$STATE/nb3.sock" "$STATE/nb3.ctl"; server nb 3; }
break_raft_frozen() { clustered; kill -STOP "$(pid_of ovsdb-nb2)"; }
repair_raft_frozen() { kill -CONT "$(pid_of ovsdb-nb2)"; }
break_raft_own() { clustered; kill -STOP "$(pid_of ovsdb-nb1)"; }
repair_raft_own() { kill -CONT "$(pid_of ovsdb-nb1)"; }

status() { if alive controller; then nb show; sb show; nb --columns=nb_cfg,sb_cfg,hv_cfg list NB_Global; say "broken: $(broken | xargs)"; else say stopped; fi; }
down() {
  one_at_a_time; local n
  for n in storm tcp ping serve; do reap $n; done
  for n in duel duel-ovsdb; do reap $n; done; rm -rf "$STATE"/duel{,.db,.sock}
  for n in controller northd ovsdb-{s,n}b{3,2,1}; do if [ -s "$STATE/$n.pid" ]; then kill -CONT "$(pid_of $n)" 2>/dev/null; fi; done
  for n in controller northd ovsdb-{s,n}b{3,2,1}; do reap $n; done
  if [ -S "$OVS/db.sock" ]; then vsctl --if-exists del-br br-ovn; fi
  for n in web1 db1; do ip link del "$P-$n" 2>/dev/null; ip netns del "$P-$n" 2>/dev/null; done
  rm -f "$RUN"/ovn*.{ctl,sock,pid} "$CHASSIS"/ovn*.{ctl,pid}; remove_empty "$RUN" "$CHASSIS"
  rm -rf "$SNAP" "$STATE"/{broken,clustered,{n,s}b{1,2,3}.{db,sock,ctl},.{n,s}b{1,2,3}.db.~lock~}; say "down (the switch stays up)"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
