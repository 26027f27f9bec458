#!/bin/bash
# lab-lxc.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# Containers of plain liblxc, without a daemon, below /var/lib/lxc. Idle and without faults after `up`:
#   ct-web (pids limit 100), ct-worker (50 ms of CPU in 100 ms), ct-mem (48 MiB, user namespace), ct-stop (stopped)
# Faults: oom (ct-mem: an OOM kill every 3 s), frozen (ct-web), pids (ct-web at its limit of 12), throttle (ct-worker
# spins at a limit of 5 ms in 100 ms).
LABNAME=lxc; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="oom frozen pids throttle"
parse_args "$@"
HOME_OF_LXC=/var/lib/lxc; RUNNING="ct-web ct-worker ct-mem"
unified() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }
is() { [ "$(lxc-info -n "$1" -s -H 2>/dev/null)" = "$2" ]; }
inside() { local name=$1; shift; timeout 20 lxc-attach -n "$name" -- "$@" 9>&-; }
# limit KIND VALUE   the configuration lines of a limit; cpu is in ms per 100 ms
limit() {
  case $1 in
    memory) if unified; then printf 'lxc.cgroup2.memory.max = %s\nlxc.cgroup2.memory.swap.max = 0\n' "$2"; else printf 'lxc.cgroup.memory.limit_in_bytes = %s\n' "$2"; fi ;;
    cpu) if unified; then echo "lxc.cgroup2.cpu.max = ${2}000 100000"; else printf 'lxc.cgroup.cpu.cfs_period_us = 100000\nlxc.cgroup.cpu.cfs_quota_us = %s000\n' "$2"; fi ;;
    pids) if unified; then echo "lxc.cgroup2.pids.max = $2"; else echo "lxc.cgroup.pids.max = $2"; fi ;;
  esac
}
set_cpu() { if unified; then lxc-cgroup -n "$1" cpu.max "${2}000 100000"; else lxc-cgroup -n "$1" cpu.cfs_quota_us "${2}000"; fi; }

# id_range   sets BASE to the first of 65536 user and group ids that root may map into a container
id_range() {
  local file
  BASE=$(awk -F: '$1 == "root" && $3 >= 65536 { print $2; exit }' /etc/subuid 2>/dev/null)
  if [ -z "$BASE" ]; then BASE=200000; for file in /etc/subuid /etc/subgid; do echo "root:$BASE:65536" >>"$file"; done; : >"$STATE/made-ids"; fi
}
# make NAME configuration line…
make() {
  local name=$1 home=$HOME_OF_LXC/$1; shift; mkdir -p "$home"; busybox_root "$home/rootfs"; ln -s ../bin/busybox "$home/rootfs/sbin/init"
  printf '::sysinit:/bin/sh /etc/rc\n::respawn:/bin/sleep 3600\n::shutdown:/bin/true\n' >"$home/rootfs/etc/inittab"
  cat >"$home/rootfs/etc/rc" <<'RC'
(while :; do if [ -e /root/busy ]; then j=0; while [ $j -lt 20000 ]; do j=$((j+1)); done; else sleep 1; fi; done) &
(while :; do [ ! -e /root/eat ] || awk 'BEGIN { while (1) s = s "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" s }' >/dev/null 2>&1; sleep 3; done) &
(while :; do (i=0; while [ -e /root/fork ] && [ $i -lt 100 ]; do sleep 30 & i=$((i+1)); done) 2>/dev/null; sleep 1; done) &
RC
  printf '%s\n' "lxc.uts.name = $name" "lxc.rootfs.path = dir:$home/rootfs" 'lxc.net.0.type = empty' 'lxc.mount.auto = proc:mixed sys:ro' 'lxc.signal.halt = SIGUSR2' 'lxc.apparmor.profile = unconfined' "$@" >"$home/config"
}

up() {
  one_at_a_time; need lxc-start lxc-info lxc-attach; local begun=$SECONDS name
  # The first lxc-info creates this directory.
  [ -e /run/lxc ] || : >"$STATE/made-run"
  if is ct-web RUNNING; then say "already up"; return 0; fi
  mountpoint -q "$HOME_OF_LXC" || {
    [ -z "$(ls "$HOME_OF_LXC" 2>/dev/null)" ] || die "foreign containers in $HOME_OF_LXC"
    mkdir -p "$STATE/var" "$HOME_OF_LXC" && mount --bind "$STATE/var" "$HOME_OF_LXC" || die "cannot mount $HOME_OF_LXC"
  }
  make ct-web "$(limit pids 100)"; make ct-worker "$(limit cpu 50)"; make ct-stop; id_range
  make ct-mem "$(limit memory 50331648)" "lxc.idmap = u 0 $BASE 65536" "lxc.idmap = g 0 $BASE 65536"; chown -R "$BASE:$BASE" "$HOME_OF_LXC/ct-mem/rootfs"
  for name in $RUNNING; do
    # The monitor of each container is a daemon, which must not inherit the lock.
    lxc-start -n "$name" -o "$STATE/$name.log" 9>&- || { tail -n 5 "$STATE/$name.log" >&2; die "lxc-start $name failed"; }
  done
  say "up in $((SECONDS - begun)) s"
}

break_oom() { inside ct-mem touch /root/eat; }
repair_oom() { inside ct-mem rm -f /root/eat; }
break_frozen() { is ct-web FROZEN || lxc-freeze -n ct-web; }
repair_frozen() { is ct-web RUNNING || lxc-unfreeze -n ct-web; }
break_pids() { inside ct-web touch /root/fork && lxc-cgroup -n ct-web pids.max 12; }
# The limit is raised first: the fork loop fills it at once, and the commands that end the loop need processes too.
repair_pids() { lxc-cgroup -n ct-web pids.max 1000 && inside ct-web rm -f /root/fork && { inside ct-web killall -q sleep; lxc-cgroup -n ct-web pids.max 100; }; }
break_throttle() { inside ct-worker touch /root/busy && set_cpu ct-worker 5; }
repair_throttle() { inside ct-worker rm -f /root/busy && set_cpu ct-worker 50; }

status() { if mountpoint -q "$HOME_OF_LXC"; then lxc-ls -f; say "broken: $(broken | xargs)"; else say stopped; fi; }
down() {
  one_at_a_time; local name
  if mountpoint -q "$HOME_OF_LXC"; then
    for name in $RUNNING; do is "$name" STOPPED || timeout 20 lxc-stop -k -n "$name"; done
    unmount_below "$HOME_OF_LXC"
  fi
  remove_cgroups 'lxc.*.ct-*' 'lxc.*'; [ ! -e "$STATE/made-run" ] || rm -rf /run/lxc
  [ ! -e "$STATE/made-ids" ] || sed -i '/^root:200000:65536$/d' /etc/subuid /etc/subgid
  rm -rf "$STATE"/{broken,var,made-run,made-ids}; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
