#!/bin/bash
# lab-stacks.sh up|down|status|build|purge [--dir DIR] [--port 2323]
# Debian 12 host of containers and guests on systemd and the unified cgroup hierarchy: dockerd, containerd, LXD, liblxc and
# libvirtd as systemd units. The kernel is a process of this machine (user-mode Linux): programs run at nearly full speed
# without KVM, fast enough for LXD and nested guests. That kernel is without PSI, cpusets, NUMA and a second CPU. After `up`
# the labs' scripts are in /root/lab of the guest and run there as they do outside:
#   ssh -F DIR/stacks/ssh_config root@stacks /root/lab/docker/lab-docker.sh up
# Logins: see ../lib/lab-vm.sh. Needs the packages of packages-optional. ../stacks.test.ts uses the lab with
# CRASHCART_LAB_ALL=1 only, because the disk takes minutes to build. The recorded host v2-stacks is from
# scripts/record-fixture.ts in this guest: mount -t hostfs none /mnt -o TREE.
LABNAME=stacks; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-vm.sh"; . "$HERE/image.sh"
PATH=$PATH:/usr/sbin:/sbin
parse_args "$@"
PORT=2323; MEM_MIB=2048; GATEWAY=10.99.9.1; ADDRESS=10.99.9.2
set -- ${ARGS[@]+"${ARGS[@]}"}
while [ $# -gt 0 ]; do case $1 in --port) PORT=$2; shift;; *) die "unknown option $1";; esac; shift; done
UML_MODULES=$(echo /usr/lib/uml/modules/*)
vm_image "$HERE/image.sh"

up() {
  one_at_a_time; need linux.uml unshare ip python3 ssh tar; build
  if alive uml; then say "already up"; return 0; fi
  port_is_free; write_ssh_config; local begun=$SECONDS
  # The guest's writes go to a copy-on-write file beside the disk; its network namespace ends with it.
  rm -rf "$STATE/written" "$STATE/uml"; mkdir -p "$STATE/uml"
  spawn uml unshare --net sh -c 'ip link set lo up && ip tuntap add lab0 mode tap && ip addr add "$1/24" dev lab0 && ip link set lab0 up && shift && exec "$@"' _ "$GATEWAY" \
    linux.uml "mem=${MEM_MIB}M" umid=lab "uml_dir=$STATE/uml/" "ubd0=$STATE/written,$IMG" "root=$DISK" rw eth0=tuntap,lab0,52:54:00:4c:41:43 con=null con0=null,fd:1 ssl=null systemd.getty_auto=no apparmor=0
  spawn forward python3 "$HERE/forward.py" "$PORT" "$STATE/uml.pid" "$ADDRESS"
  await_guest uml "$STATE/uml.log"
  tar -C "$HERE/.." -c lib docker lxd lxc kvm | guest 'mkdir -p /root/lab && tar -C /root/lab -x' || die "the labs' scripts did not get into the guest"
  say "up in $((SECONDS - begun)) s: ssh -F $STATE/ssh_config support@stacks"
}
status() {
  if alive uml; then say "running, pid $(pid_of uml), port $PORT"; guest 'uptime; systemctl is-system-running; systemctl is-active docker containerd lxd libvirtd | xargs'
  else say "stopped$([ -s "$IMG" ] && echo ' (disk built)')"; fi
}
# down without a clean shutdown, because the guest's writes are removed
down() { one_at_a_time; reap forward 5; reap uml 10; rm -rf "$STATE/written" "$STATE/uml"; say "down"; }
root_only; $CMD
