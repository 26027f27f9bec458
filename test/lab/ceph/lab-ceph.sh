#!/bin/bash
# lab-ceph.sh up [--place cephadm|packages|microceph|rook]|down|status|build|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# Ceph cluster on 127.0.0.1: one monitor, one mgr, three OSDs (BlueStore on sparse files) of class ssd, and a little
# load. Admin sockets, configuration and admin's key lie at the paths of a packaging: cephadm (/var/run/ceph/FSID, /etc/ceph),
# Debian's packages (/var/run/ceph), MicroCeph (below /var/snap/microceph/current), Rook (/var/lib/rook/exporter, no key).
# No systemd, no loop devices. Faults of osd.1: slow-disk (write limit of its cgroup), slow-dispatch (delay at dequeue),
# slow-net (delay of received messages), frozen-daemon (SIGSTOP), dead-osd (SIGKILL, the admin socket stays). Faults of the
# cluster: inactive-pgs (osd.1 and osd.2 killed: below min_size), nearfull (ratio below what is used), slow-mon (write limit
# of the monitor's cgroup), frozen-mon-daemon, frozen-mgr-daemon, noout (the flag), muted (the flag's warning is muted),
# crash (a crash report), no-rados (librados hidden from Python, not from the ceph command).
LABNAME=ceph; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="slow-disk slow-dispatch slow-net frozen-daemon dead-osd inactive-pgs nearfull slow-mon frozen-mon-daemon frozen-mgr-daemon noout muted crash no-rados"
parse_args "$@"
FSID=11111111-2222-3333-4444-555555555555; C=$STATE
# Packaging of the last `up`. Default: cephadm.
PLACE=$(cat "$C/place" 2>/dev/null || echo cephadm)
[ "${ARGS[0]:-}" != --place ] || { PLACE=${ARGS[1]:?--place needs a name}; ARGS=("${ARGS[@]:2}"); }
case $PLACE in
  cephadm) RUN=/var/run/ceph/$FSID ETC=/etc/ceph ;;
  packages) RUN=/var/run/ceph ETC=/etc/ceph ;;
  microceph) RUN=/var/snap/microceph/current/run ETC=/var/snap/microceph/current/conf ;;
  rook) RUN=/var/lib/rook/exporter ETC=$C/in-its-pods ;;
  *) die "no place '$PLACE', there are: cephadm packages microceph rook" ;;
esac
CONF=$ETC/ceph.conf ADMIN=$ETC/ceph.client.admin.keyring
MARK="# crashcart lab: $LAB"; OSDS=${LAB_OSDS:-3}; V2=${LAB_MON_PORT:-43300}; BAD=1
ceph() { command timeout 25 ceph -c "$CONF" -k "$ADMIN" --connect-timeout 10 "$@"; }
asok() { command timeout 10 ceph -c "$CONF" --admin-daemon "$RUN/ceph-$1.asok" "${@:2}"; }

write_conf() {
  cat >"$CONF" <<E
$MARK
[global]
fsid = $FSID
mon_initial_members = a
mon_host = [v2:127.0.0.1:$V2,v1:127.0.0.1:$((V2 + 1))]
public_network = 127.0.0.0/8
cluster_network = 127.0.0.0/8
ms_bind_ipv6 = false
auth_allow_insecure_global_id_reclaim = false
run_dir = $RUN
log_file = $C/\$cluster-\$name.log
crash_dir = $C/crash
osd_pool_default_size = 3
osd_pool_default_min_size = 2
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
# With all OSDs on one host, a dead one is marked down after 15 minutes without these.
mon_osd_reporter_subtree_level = osd
mon_osd_min_down_reporters = 1
mon_data_avail_warn = 2
mon_data_avail_crit = 1
ms_async_op_threads = 1
# Short timers, so that faults appear and pass within seconds.
osd_heartbeat_interval = 1
osd_heartbeat_grace = 7
mon_osd_adjust_heartbeat_grace = false
mon_osd_adjust_down_out_interval = false
mon_tick_interval = 1
paxos_propose_interval = 0.1
osd_mon_report_interval = 1
mgr_stats_period = 1
[mon]
mon_data = $C/mon.\$id
keyring = $C/mon.\$id/keyring
admin_socket = $RUN/\$cluster-\$name.asok
[mgr]
mgr_data = $C/mgr.\$id
keyring = $C/mgr.\$id/keyring
admin_socket = $RUN/\$cluster-\$name.asok
[osd]
osd_data = $C/osd.\$id
keyring = $C/osd.\$id/keyring
admin_socket = $RUN/\$cluster-\$name.asok
osd_class_update_on_start = false
osd_objectstore = bluestore
bluestore_block_create = true
# Sparse; small RocksDB buffers, or BlueFS alone outgrows a small file and the OSD aborts.
bluestore_block_size = 6442450944
bluestore_rocksdb_options = compression=kNoCompression,max_write_buffer_number=2,min_write_buffer_number_to_merge=1,recycle_log_file_num=1,write_buffer_size=16777216,writable_file_max_buffer_size=0,compaction_readahead_size=2097152,max_background_compactions=1,max_total_wal_size=67108864
bluestore_cache_autotune = false
bluestore_cache_size = 33554432
osd_memory_target = 939524096
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 1
osd_max_backfills = 1
# Slow ops are reported after 2 s; the default is 30 s.
osd_op_complaint_time = 2
osd_op_history_slow_op_threshold = 1
osd_recovery_delay_start = 0
osd_recovery_sleep = 0
# mclock benchmarks the device at start; wpq starts at once.
osd_op_queue = wpq
E
}

osd_up() { spawn "osd.$1" ceph-osd -f -i "$1" -c "$CONF" --osd-data "$C/osd.$1"; }
mon_leads() { asok mon.a mon_status | grep -qE '"state": "leader"'; }
all_up() { [ "$(ceph osd stat -f json | sed -E 's/.*"num_up_osds":([0-9]+).*/\1/')" -ge "$OSDS" ]; }
clean() { ceph pg stat -f json | python3 -c 'import json,sys; s=json.load(sys.stdin)["pg_summary"]["num_pg_by_state"]; sys.exit(not (sum(x["num"] for x in s) >= 8 and all(x["name"]=="active+clean" for x in s)))'; }
load() { spawn load /usr/bin/python3 "$HERE/load.py" "$CONF" "$ADMIN" lab disk0 "${LAB_THREADS:-2}" "${LAB_OPS:-100}" "$C"; }

# build   a new cluster at each `up`, because earlier faults would show in its counters
build() {
  local i tmp=$C/tmp.keyring
  rm -rf "$C"/{mon.a,mgr.x,osd.*[0-9],crash}; mkdir -p "$RUN" "$C"/{mon.a,mgr.x,crash} "$ETC"; echo "$PLACE" >"$C/place"; write_conf
  rm -f "$ADMIN" "$tmp" "$C/monmap"
  ceph-authtool --create-keyring "$ADMIN" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' --cap mds 'allow *' >/dev/null || return 1
  ceph-authtool --create-keyring "$tmp" --gen-key -n mon. --cap mon 'allow *' >/dev/null && ceph-authtool "$tmp" --import-keyring "$ADMIN" >/dev/null || return 1
  monmaptool --create --fsid $FSID --addv a "[v2:127.0.0.1:$V2,v1:127.0.0.1:$((V2 + 1))]" "$C/monmap" >/dev/null || return 1
  ceph-mon --mkfs -i a -c "$CONF" --monmap "$C/monmap" --keyring "$tmp" || return 1
  rm -f "$tmp"
  spawn mon.a ceph-mon -f -i a -c "$CONF" --mon-data "$C/mon.a"
  WHILE_ALIVE=mon.a wait_for 30 "mon.a to be leader" mon_leads || return 1
  ceph auth get-or-create mgr.x mon 'allow profile mgr' osd 'allow *' mds 'allow *' -o "$C/mgr.x/keyring"
  spawn mgr.x ceph-mgr -f -i x -c "$CONF" --mgr-data "$C/mgr.x"
  for ((i = 0; i < OSDS; i++)); do
    mkdir -p "$C/osd.$i"
    ceph osd new "00000000-0000-0000-0000-00000000000$i" "$i" >/dev/null || return 1
    ceph auth get-or-create "osd.$i" mon 'allow profile osd' mgr 'allow profile osd' osd 'allow *' -o "$C/osd.$i/keyring"
    ceph-osd --mkfs -i "$i" -c "$CONF" --osd-uuid "00000000-0000-0000-0000-00000000000$i" >>"$C/mkfs.log" 2>&1 || return 1
    osd_up "$i"
  done
  wait_for 60 "$OSDS OSDs up" all_up || return 1
  for ((i = 0; i < OSDS; i++)); do
    ceph osd crush rm-device-class "osd.$i" >/dev/null 2>&1; ceph osd crush set-device-class ssd "osd.$i" >/dev/null 2>&1
  done
  ceph osd pool create lab 8 8 >/dev/null 2>&1 && ceph osd pool application enable lab rbd >/dev/null 2>&1
  wait_for 90 "all PGs to be active+clean" clean || return 1
  rbd -c "$CONF" --keyring "$ADMIN" create --size 128M --image-feature layering lab/disk0
}
up() {
  one_at_a_time; need ceph-mon ceph-mgr ceph-osd ceph rbd python3; local begun=$SECONDS
  if alive osd.0 && alive mon.a; then say "already up"; return 0; fi
  if [ -e "$CONF" ] && ! grep -qxF "$MARK" "$CONF"; then die "foreign Ceph configuration: $CONF"; fi
  build || die "see $C/*.log"
  if [ -z "${LAB_QUIET:-}" ]; then load; fi
  say "up in $((SECONDS - begun)) s"
}

blkio() { if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else echo /sys/fs/cgroup/blkio; fi; }
disk() { # MAJ:MIN of the whole disk below the OSDs
  local mm dir; mm=$(findmnt -no MAJ:MIN -T "$C"); dir=$(readlink -f "/sys/dev/block/$mm")
  if [ -e "$dir/partition" ]; then cat "$dir/../dev"; else echo "$mm"; fi
}
# slow_writes NAME BYTES   write limit of a daemon, bytes/s; full_writes NAME ends it
slow_writes() {
  local root group; root=$(blkio); group=$root/crashcart-lab-ceph-$1; mkdir -p "$group"
  if [ "$root" = /sys/fs/cgroup ]; then echo +io >"$root/cgroup.subtree_control"; echo "$(disk) wbps=$2" >"$group/io.max"
  else echo "$(disk) $2" >"$group/blkio.throttle.write_bps_device"; fi
  pid_of "$1" >"$group/cgroup.procs"
}
full_writes() {
  local root group p; root=$(blkio); group=$root/crashcart-lab-ceph-$1; [ -d "$group" ] || return 0
  while read -r p; do echo "$p" >"$root/cgroup.procs"; done <"$group/cgroup.procs"
  rmdir "$group"
}
break_slow_disk() { slow_writes osd.$BAD "${LAB_BPS:-200000}"; }
repair_slow_disk() { full_writes osd.$BAD; }
# A commit of the monitor's store is some 12 kB.
break_slow_mon() { slow_writes mon.a "${LAB_MON_BPS:-15000}"; }
repair_slow_mon() { full_writes mon.a; }
set_on() { asok "osd.$BAD" config set "$1" "$2" >/dev/null; }
break_slow_dispatch() { set_on osd_debug_inject_dispatch_delay_duration "${LAB_SECONDS:-0.1}" && set_on osd_debug_inject_dispatch_delay_probability "${LAB_PROBABILITY:-0.5}"; }
repair_slow_dispatch() { set_on osd_debug_inject_dispatch_delay_probability 0; }
# Only new connections get the delay: `osd down` makes the OSD reconnect.
break_slow_net() { set_on ms_inject_delay_type osd && set_on ms_inject_delay_max "${LAB_SECONDS:-0.2}" && set_on ms_inject_delay_probability "${LAB_PROBABILITY:-0.3}" && ceph osd down "$BAD" && sleep 3; }
repair_slow_net() { set_on ms_inject_delay_probability 0 && ceph osd down "$BAD" && sleep 3; }
break_frozen_daemon() { kill -STOP "$(pid_of osd.$BAD)"; }
repair_frozen_daemon() { kill -CONT "$(pid_of osd.$BAD)"; }
break_dead_osd() { kill -KILL "$(pid_of osd.$BAD)"; wait_for 5 "osd.$BAD to die" not_alive osd.$BAD; }
repair_dead_osd() { osd_up $BAD; }
break_inactive_pgs() { local n; for n in 1 2; do kill -KILL "$(pid_of osd.$n)"; wait_for 5 "osd.$n to die" not_alive osd.$n; done; }
repair_inactive_pgs() { local n; for n in 1 2; do osd_up $n; done; }
break_nearfull() { ceph osd set-nearfull-ratio 0.001; }
repair_nearfull() { ceph osd set-nearfull-ratio 0.85; }
break_frozen_mon_daemon() { kill -STOP "$(pid_of mon.a)"; }
repair_frozen_mon_daemon() { kill -CONT "$(pid_of mon.a)"; }
break_frozen_mgr_daemon() { kill -STOP "$(pid_of mgr.x)"; }
repair_frozen_mgr_daemon() { kill -CONT "$(pid_of mgr.x)"; }
break_noout() { ceph osd set noout; }
repair_noout() { ceph osd unset noout; }
break_muted() { ceph osd set noout && wait_for 15 "the warning" warned && ceph health mute OSDMAP_FLAGS 1h; }
repair_muted() { ceph health unmute OSDMAP_FLAGS; ceph osd unset noout; }
warned() { ceph health | grep -q 'noout'; }
break_crash() {
  printf '{"crash_id":"%s_00000000-0000-0000-0000-000000000000","timestamp":"%s","entity_name":"osd.%s","ceph_version":"16.2.15","process_name":"ceph-osd","backtrace":["abort()"],"utsname_hostname":"lab"}' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)" "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)" $BAD | ceph crash post -i -
}
repair_crash() { ceph crash ls -f json | python3 -c 'import json,sys; [print(c["crash_id"]) for c in json.load(sys.stdin)]' | while read -r id; do ceph crash rm "$id"; done; }
# Python without PYTHONPATH (`python3 -I`) finds an empty librados; the wrapper of the ceph command finds the copy.
LIBRADOS=$(ls /usr/lib/python3/dist-packages/rados.*.so 2>/dev/null | head -n 1); WRAPPER=/usr/local/bin/ceph
break_no_rados() {
  [ -n "$LIBRADOS" ] && ! [ -e "$WRAPPER" ] || return 1
  mkdir -p "$C/librados" && cp "$LIBRADOS" "$C/librados/" && mount --bind /dev/null "$LIBRADOS" || return 1
  printf '#!/bin/sh\n%s\nPYTHONPATH=%s exec /usr/bin/ceph "$@"\n' "$MARK" "$C/librados" >"$WRAPPER" && chmod 755 "$WRAPPER"
}
repair_no_rados() {
  if grep -qsxF "$MARK" "$WRAPPER"; then rm -f "$WRAPPER"; fi
  if [ -n "$LIBRADOS" ] && [ ! -s "$LIBRADOS" ]; then umount "$LIBRADOS"; fi
}

names() { seq -f 'osd.%g' 0 $((OSDS - 1)); echo mgr.x; echo mon.a; }
status() { local n; for n in $(names) load; do if alive "$n"; then say "$n pid $(pid_of "$n")"; else say "$n down"; fi; done; if alive mon.a; then ceph -s; fi; say "broken: $(broken | xargs)"; }
down() {
  one_at_a_time; local n
  for n in $(names); do if alive "$n"; then kill -CONT "$(pid_of "$n")"; fi; done
  reap load 2; repair_slow_disk; repair_slow_mon; repair_no_rados
  # 2 s until KILL: the data is removed, so a clean shutdown has no use.
  for n in $(names); do reap "$n" 2; done
  if grep -qxF "$MARK" "$CONF" 2>/dev/null; then rm -f "$CONF" "$ADMIN"; fi
  for n in $(names); do rm -f "$RUN/ceph-$n.asok"; done
  # Directories of the packaging are removed when empty.
  [ "$PLACE" = packages ] || (cd / && rmdir -p --ignore-fail-on-non-empty "${RUN#/}" "${ETC#/}" 2>/dev/null)
  rm -rf "$C"/{mon.a,mgr.x,osd.*[0-9],crash,broken,place,in-its-pods}; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
