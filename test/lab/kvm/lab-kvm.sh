#!/bin/bash
# lab-kvm.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--only 'DOMAIN…'] [--dir DIR]
# libvirtd and QEMU guests, started directly, or as units where systemd is the init. Idle and without faults after `up`:
#   instance-0000002a (as Nova makes them, lab-web; 4 vCPUs pinned on one CPU) and lab-db (IO thread, slow disk, strict
#   memory of node 0): a kernel, busybox and the guest agent, without KVM; lab-raw (on KVM where /dev/kvm opens, even where
#   no kernel boots on it), lab-paused (runs): a boot sector that idles; lab-off, lab-crash and lab-full are shut off.
# Faults: steal (instance-0000002a: 4 vCPUs spin on one CPU), quota (lab-db spins below 12 % of a CPU per vCPU), balloon
# (lab-db: 160 of 256 MiB left, most of it in use), paused (lab-paused), ioerror (lab-full: its image's file system is full), crashed
# (lab-crash: the guest reports a panic), frozen-qemu (SIGSTOP of lab-db's QEMU), hot-disk (lab-db at its iops limit),
# stuck-job (a dump of lab-db to a hanging target; lab-db keeps running),
# stop-daemon, freeze-daemon (libvirtd; the guests keep running).
LABNAME=kvm; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-guest.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="steal quota balloon paused ioerror crashed frozen-qemu hot-disk stuck-job stop-daemon freeze-daemon"
parse_args "$@"
ALL="instance-0000002a lab-db lab-raw lab-paused lab-crash lab-full lab-off"; RUNNING="instance-0000002a lab-db lab-raw lab-paused"
ONLY=$(cat "$STATE/only" 2>/dev/null)
set -- ${ARGS[@]+"${ARGS[@]}"}; ARGS=()
while [ $# -gt 0 ]; do case $1 in --only) ONLY=${2:?--only needs names}; shift ;; *) ARGS+=("$1") ;; esac; shift; done
BRIDGE=labbr0
V() { timeout 60 virsh -q -c qemu:///system "$@" 9>&-; }
is() { [ "$(V domstate "$1" 2>/dev/null)" = "$2" ]; }
answers() { timeout 5 virsh -q -c qemu:///system version 9>&-; }
wanted() { [ -z "$ONLY" ] || case " $ONLY " in *" $1 "*) ;; *) return 1 ;; esac; }
daemon_up() { if with_systemd; then of_systemd libvirtd >/dev/null; else alive libvirtd; fi; }
daemon_pid() { if with_systemd; then of_systemd libvirtd; else pid_of libvirtd; fi; }
# qemu_of DOMAIN   the pid of its QEMU; libvirt's pid files end without a newline
qemu_of() { cat "/run/libvirt/qemu/$1.pid" 2>/dev/null; }
# in_guest DOMAIN COMMAND   starts a command by the guest agent, without a wait for its end
in_guest() { V qemu-agent-command "$1" "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/sh\",\"arg\":[\"-c\",\"$2\"]}}" >/dev/null; }

# sector FILE CODE [DATA AT 32]   a disk of 1 MiB that the BIOS boots: 512 bytes of code for a CPU in real mode
sector() {
  { printf "$2" | head -c 32; head -c $((32 - $(printf "$2" | wc -c))) /dev/zero; printf "${3:-}"; head -c $((478 - $(printf "${3:-}" | wc -c))) /dev/zero; printf '\x55\xaa'; } >"$1"
  truncate -s 1M "$1"
}
disks() {
  # sti; L: mov cx,0fffh; D: loop D; hlt; jmp L    works a little at each tick of the timer, 18 times a second
  sector "$STATE/idle.img" '\xfb\xb9\xff\x0f\xe2\xfe\xf4\xeb\xf8'
  # sti; mov cx,18; W: hlt; loop W; mov dx,505h; mov al,1; out dx,al; H: hlt; jmp H    after a second: "panicked", by pvpanic
  sector "$STATE/crash.img" '\xfb\xb9\x12\x00\xf4\xe2\xfd\xba\x05\x05\xb0\x01\xee\xf4\xeb\xfd'
  # xor ax,ax; mov ds,ax; mov si,7c20h; L: mov ax,4300h; mov dl,80h; int 13h; add dword [7c28h],128; sti; hlt; jmp L
  # writes a sector into every 64 KiB; at 7c20h is the packet of "extended write": size 16, 1 sector, buffer 0:7c00, sector 128
  sector "$STATE/fill.img" '\x31\xc0\x8e\xd8\xbe\x20\x7c\xb8\x00\x43\xb2\x80\xcd\x13\x66\x81\x06\x28\x7c\x80\x00\x00\x00\xfb\xf4\xeb\xec' '\x10\x00\x01\x00\x00\x7c\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00'
  local name; for name in web db; do [ -s "$STATE/$name.qcow2" ] || qemu-img create -q -f qcow2 "$STATE/$name.qcow2" 256M || die "qemu-img failed"; done
}
start_daemons() {
  if with_systemd; then
    systemctl start virtlogd libvirtd || die "systemctl start libvirtd: $(journalctl -q -u libvirtd -n 5 --no-pager)"
  else
    [ -e /run/libvirt ] || : >"$STATE/made-run"
    mkdir -p /run/libvirt /var/log/libvirt/qemu
    printf '%s\n' 'unix_sock_group = "libvirt"' 'unix_sock_ro_perms = "0777"' 'unix_sock_rw_perms = "0770"' 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' "log_outputs = \"3:file:$STATE/libvirtd-warn.log\"" >"$STATE/libvirtd.conf"
    # `alive` recognises the daemons by a path below $LAB in their arguments.
    spawn virtlogd virtlogd --pid-file "$STATE/virtlogd.own.pid"
    wait_for 10 'the socket of virtlogd' test -S /run/libvirt/virtlogd-sock || die "virtlogd: $(tail -n 3 "$STATE/virtlogd.log")"
    spawn libvirtd libvirtd -f "$STATE/libvirtd.conf" --pid-file "$STATE/libvirtd.own.pid"
  fi
  wait_for 60 'libvirtd answering' answers || die "libvirtd: $(tail -n 3 "$STATE/libvirtd.log" "$STATE/libvirtd-warn.log" 2>/dev/null)"
}
define() {
  local type=qemu; [ ! -w /dev/kvm ] || type=kvm
  sed "s|@STATE@|$STATE|g; s|@KERNEL@|$KERNEL|; s|@INITRD@|$INITRD|; s|@LAST@|$(($(nproc) - 1))|g; s|@RAWTYPE@|$type|" "$HERE/domains/$1.xml" >"$STATE/$1.xml"
  V define "$STATE/$1.xml" >/dev/null || die "virsh define $1 failed"
}
start() { is "$1" 'shut off' || return 0; V start "$1" >/dev/null || die "virsh start $1: $(tail -n 3 "/var/log/libvirt/qemu/$1.log")"; }

up() {
  one_at_a_time; need virsh libvirtd virtlogd qemu-img qemu-system-x86_64 qemu-ga ip; local begun=$SECONDS name
  if daemon_up && [ -e "$STATE/ready" ]; then say "already up"; return 0; fi
  daemon_up || with_systemd || ! answers >/dev/null 2>&1 || die "another libvirtd answers"
  echo "$ONLY" >"$STATE/only"; chmod 755 "$LAB" "$STATE"
  ip link show "$BRIDGE" >/dev/null 2>&1 || { ip link add "$BRIDGE" type bridge && ip addr add 10.99.7.1/24 dev "$BRIDGE" && ip link set "$BRIDGE" up || die "no bridge $BRIDGE"; }
  # Without udev /dev/kvm belongs to root only; QEMU runs as a user of the group kvm.
  if [ -c /dev/kvm ] && [ "$(stat -c %G /dev/kvm)" != kvm ]; then stat -c '%u:%g %a' /dev/kvm >"$STATE/devkvm"; chgrp kvm /dev/kvm && chmod 660 /dev/kvm; fi
  if wanted lab-db || wanted instance-0000002a; then agent_initrd; else KERNEL=; fi
  disks; start_daemons
  for name in $ALL; do wanted "$name" || continue; define "$name"; done
  for name in $RUNNING; do wanted "$name" || continue; start "$name"; done
  for name in instance-0000002a lab-db; do
    wanted "$name" || continue
    wait_for 180 "$name booted" grep -q LABGUEST "$STATE/$name.console" && wait_for 120 "the agent of $name" V qemu-agent-command "$name" '{"execute":"guest-ping"}' || die "$name did not come up"
  done
  : >"$STATE/ready"; say "up in $((SECONDS - begun)) s"
}

break_steal() { in_guest instance-0000002a 'touch /tmp/busy'; }
repair_steal() { in_guest instance-0000002a 'rm -f /tmp/busy'; }
break_quota() { V schedinfo lab-db --live --set vcpu_period=100000 --set vcpu_quota=12000 >/dev/null && in_guest lab-db 'touch /tmp/busy'; }
repair_quota() { in_guest lab-db 'rm -f /tmp/busy'; V schedinfo lab-db --live --set vcpu_quota=-1 >/dev/null; }
break_balloon() { in_guest lab-db 'touch /tmp/eat' && V setmem lab-db 160M --live; }
repair_balloon() { V setmem lab-db 256M --live; in_guest lab-db 'rm -f /tmp/eat /tmp/eaten'; }
break_paused() { is lab-paused paused || V suspend lab-paused >/dev/null; }
repair_paused() { is lab-paused running || V resume lab-paused >/dev/null; }
break_ioerror() {
  mkdir -p "$STATE/full"; mountpoint -q "$STATE/full" || mount -t tmpfs -o size=1m,mode=755 labfull "$STATE/full" || return 1
  [ -s "$STATE/full/d.qcow2" ] || { qemu-img convert -f raw -O qcow2 "$STATE/fill.img" "$STATE/full/d.qcow2" && qemu-img resize -q "$STATE/full/d.qcow2" 256M; } || return 1
  start lab-full; wait_for 60 'lab-full to pause' is lab-full paused
}
repair_ioerror() { is lab-full 'shut off' || V destroy lab-full >/dev/null; ! mountpoint -q "$STATE/full" || umount "$STATE/full"; }
break_crashed() { start lab-crash; wait_for 60 'lab-crash to crash' is lab-crash crashed; }
repair_crashed() { is lab-crash 'shut off' || V destroy lab-crash >/dev/null; }
break_frozen_qemu() { kill -STOP "$(qemu_of "${ONLY:-lab-db}")"; }
repair_frozen_qemu() { kill -CONT "$(qemu_of "${ONLY:-lab-db}")"; }
break_hot_disk() { in_guest lab-db 'touch /tmp/io'; }
repair_hot_disk() { in_guest lab-db 'rm -f /tmp/io'; }
# The helper process that writes a dump: while it is stopped, the dump hangs.
dump_helper() { pgrep -f "libvirt_iohelper.*$STATE/dump/core"; }
break_stuck_job() {
  local tries; mkdir -p "$STATE/dump"; chmod 777 "$STATE/dump"
  spawn dump env LAB="$LAB" virsh -q -c qemu:///system dump --live lab-db "$STATE/dump/core"
  # Stops the helper before its 256 MiB are written.
  for tries in $(seq 500); do if kill -STOP $(dump_helper) 2>/dev/null; then return 0; fi; sleep 0.02; done
  return 1
}
repair_stuck_job() { V domjobabort lab-db; kill -CONT $(dump_helper) 2>/dev/null; reap dump; rm -rf "$STATE/dump"; }
break_stop_daemon() { if with_systemd; then systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd; else reap libvirtd; fi; }
repair_stop_daemon() { start_daemons; }
break_freeze_daemon() { kill -STOP "$(daemon_pid)"; }
repair_freeze_daemon() { kill -CONT "$(daemon_pid)" && wait_for 20 'libvirtd answering' answers; }

status() {
  if ! daemon_up; then say stopped; return 0; fi
  timeout 10 virsh -q -c qemu:///system list --all || say "libvirtd does not answer"
  say "broken: $(broken | xargs)"
}
down() {
  one_at_a_time; local name pid
  for name in $ALL; do pid=$(qemu_of "$name") && kill -CONT "$pid" 2>/dev/null; done
  if daemon_up; then kill -CONT "$(daemon_pid)"; elif [ -e "$STATE/broken/stop-daemon" ]; then start_daemons; fi
  if daemon_up; then
    for name in $ALL; do
      V dominfo "$name" >/dev/null 2>&1 || continue
      V destroy "$name" >/dev/null 2>&1; V undefine "$name" >/dev/null 2>&1; rm -f "/var/log/libvirt/qemu/$name.log"
    done
    ip link show "$BRIDGE" >/dev/null 2>&1 && ip link del "$BRIDGE"
  fi
  if with_systemd; then systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd 2>/dev/null
  else
    alive libvirtd && pid=ours || pid=
    reap libvirtd; reap virtlogd
    # libvirt without systemd does not remove its cgroups.
    if [ -n "$pid" ]; then remove_cgroups machine; fi
    [ ! -e "$STATE/made-run" ] || rm -rf /run/libvirt
  fi
  [ ! -s "$STATE/devkvm" ] || { read -r name pid <"$STATE/devkvm"; chown "$name" /dev/kvm; chmod "$pid" /dev/kvm; }
  unmount_below "$STATE"
  rm -rf "$STATE"/{broken,full,dump,devkvm,only,made-run,ready} "$STATE"/*.{console,qcow2,img,xml}; say "down"
}
purge() { down; rm -rf "$STATE" "$CACHE"/kvm-*; say "purged"; }
run_verb
