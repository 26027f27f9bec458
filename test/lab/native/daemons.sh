#!/bin/bash
# daemons.sh up|down DIR: daemons with files, sockets and ports below DIR and on 127.0.0.1:734xx alone, nothing of the machine's. `up` prints NAME PID.
set -u
D=${2:?folder}; PATH=$PATH:/usr/sbin:/sbin
here() { [ -n "$(type -p "$1")" ]; }
start() { local name=$1; shift; "$@" >"$D/$name.log" 2>&1 </dev/null & echo "$name $!" >>"$D/pids"; }
case ${1:?up or down} in
down)
  [ -f "$D/pids" ] || exit 0
  while read -r _ pid; do kill "$pid" 2>/dev/null; done <"$D/pids"
  sleep 2
  while read -r _ pid; do kill -KILL "$pid" 2>/dev/null; done <"$D/pids"
  rm -f "$D/pids"
  ;;
up)
  mkdir -p "$D" && chmod 711 "$D" && : >"$D/pids"
  here redis-server && start redis redis-server --port 47391 --save '' --dir "$D"
  here chronyd && start chronyd chronyd -d -x -U -f /dev/null
  if here sshd; then
    mkdir -p /run/sshd; ssh-keygen -q -t ed25519 -N '' -f "$D/key" </dev/null
    start sshd "$(type -p sshd)" -D -f /dev/null -p 47393 -o PidFile=none -o UsePAM=no -h "$D/key"
  fi
  if here haproxy; then
    printf 'global\n nbthread 2\ndefaults\n mode tcp\n timeout client 1m\n timeout server 1m\n timeout connect 1s\nlisten l\n bind 127.0.0.1:47392\n server s 127.0.0.1:47391\n' >"$D/haproxy.cfg"
    start haproxy haproxy -db -f "$D/haproxy.cfg"
  fi
  here qemu-system-x86_64 && start qemu qemu-system-x86_64 -machine q35,accel=tcg -m 64 -display none -monitor none -serial none -object iothread,id=io1 -S
  if here ovs-vswitchd; then
    ovsdb-tool create "$D/conf.db" /usr/share/openvswitch/vswitch.ovsschema
    export OVS_RUNDIR=$D
    start ovsdb ovsdb-server "$D/conf.db" --remote=punix:"$D/db.sock" --unixctl="$D/ovsdb.ctl"
    sleep 1
    start vswitchd ovs-vswitchd "unix:$D/db.sock" --unixctl="$D/vswitchd.ctl" --disable-system
    ovs-vsctl --db="unix:$D/db.sock" --no-wait add-br brnative -- set bridge brnative datapath_type=netdev
  fi
  if here mariadbd; then
    install -d -o mysql "$D/mariadb"
    mariadb-install-db --no-defaults --user=mysql --datadir="$D/mariadb/data" >"$D/install.log" 2>&1
    start mariadbd mariadbd --no-defaults --user=mysql --datadir="$D/mariadb/data" --socket="$D/mariadb/s" --skip-networking --pid-file="$D/mariadb/pid"
  fi
  PG=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
  if [ -n "$PG" ]; then
    install -d -o postgres "$D/pg"
    runuser -u postgres -- "$PG/initdb" -D "$D/pg/data" >"$D/initdb.log" 2>&1
    start postgres setpriv --reuid postgres --regid postgres --clear-groups "$PG/postgres" -D "$D/pg/data" -k "$D/pg" -c listen_addresses=
  fi
  if here ceph-mon && here ceph-osd; then
    C=$D/ceph FSID=99999999-2222-3333-4444-555555555555; mkdir -p "$C/mon" "$C/osd"
    cat >"$C/ceph.conf" <<E
[global]
fsid = $FSID
mon_host = [v2:127.0.0.1:47400,v1:127.0.0.1:47401]
public_network = 127.0.0.0/8
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = $C
admin_socket = $C/\$name.asok
log_file = $C/\$name.log
keyring = $C/keyring
bluestore_block_size = 1073741824
osd_memory_target = 134217728
E
    {
      ceph-authtool --create-keyring "$C/keyring" --gen-key -n mon. --cap mon 'allow *'
      monmaptool --create --addv a '[v2:127.0.0.1:47400,v1:127.0.0.1:47401]' --fsid $FSID "$C/monmap"
      ceph-mon -c "$C/ceph.conf" --mkfs -i a --mon-data "$C/mon" --keyring "$C/keyring" --monmap "$C/monmap"
    } >"$D/mkfs.log" 2>&1
    start ceph-mon ceph-mon -f -i a -c "$C/ceph.conf" --mon-data "$C/mon"
    U=$(cat /proc/sys/kernel/random/uuid)
    for _ in 1 2 3; do timeout 20 ceph -c "$C/ceph.conf" osd new "$U" >>"$D/mkfs.log" 2>&1 && break; done
    timeout 100 ceph-osd -c "$C/ceph.conf" -i 0 --mkfs --osd-data "$C/osd" --osd-uuid "$U" >>"$D/mkfs.log" 2>&1
    start ceph-osd ceph-osd -f -i 0 -c "$C/ceph.conf" --osd-data "$C/osd"
  fi
  sleep 6
  while read -r name pid; do kill -0 "$pid" 2>/dev/null && echo "$name $pid"; done <"$D/pids"
  ;;
esac
