#!/bin/bash
# lab-numa.sh up|down|status|build|purge [--dir DIR] [--port 2322]
# A whole customer's host in QEMU without KVM: Debian 12 with systemd, sshd, sudo, gdb, strace, python3 on 8 CPUs,
# 2 sockets, 4 NUMA nodes with distances, huge pages, SMBIOS, an NVMe disk and a NIC on node 2. Every boot is pristine.
# Logins, all with the key: support (sudo without a password), oncall (sudo with the password `lab-oncall`),
# guest (no sudo), root:  ssh -F DIR/numa/ssh_config support@numa
LABNAME=numa; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-guest.sh"; . "$HERE/image.sh"
PATH=$PATH:/usr/sbin:/sbin
parse_args "$@"
PORT=2322; MEM_MIB=2048; CPUS=8; BOOT_LIMIT=${LAB_BOOT_LIMIT:-240}
set -- ${ARGS[@]+"${ARGS[@]}"}
while [ $# -gt 0 ]; do case $1 in --port) PORT=$2; shift;; *) die "unknown option $1";; esac; shift; done
# The image is made anew when anything that goes into it has changed.
MADE=$CACHE/numa-$(cat "$HERE/image.sh" "$HERE/../lib/lab-guest.sh" "$HERE"/guest/* | sha256sum | cut -c1-12); IMG=$MADE/root.img
guest() { ssh -F "$STATE/ssh_config" root@numa "$@" 9>&-; }

write_ssh_config() {
  cp "$MADE/known_hosts" "$STATE/known_hosts"; install -m 600 "$MADE/id_ed25519" "$STATE/id_ed25519"
  printf '%s\n' 'Host numa' '  HostName 127.0.0.1' "  Port $PORT" '  HostKeyAlias numa' "  IdentityFile $STATE/id_ed25519" '  IdentitiesOnly yes' '  IdentityAgent none' \
    "  UserKnownHostsFile $STATE/known_hosts" '  GlobalKnownHostsFile /dev/null' '  StrictHostKeyChecking yes' '  ConnectTimeout 20' '  LogLevel ERROR' >"$STATE/ssh_config"
}

# The nodes are two and two: 12 within a socket, 32 across.
numa_options() {
  local i j per_node=$((CPUS / 4))
  for i in 0 1 2 3; do
    NUMA+=(-object "memory-backend-ram,id=m$i,size=$((MEM_MIB / 4))M" -numa "node,nodeid=$i,memdev=m$i,cpus=$((i * per_node))-$((i * per_node + per_node - 1))")
  done
  for i in 0 1 2 3; do for j in 0 1 2 3; do
    if [ $i -lt $j ]; then NUMA+=(-numa "dist,src=$i,dst=$j,val=$([ $((i / 2)) = $((j / 2)) ] && echo 12 || echo 32)"); fi
  done; done
}

up() {
  one_at_a_time; need qemu-system-x86_64 ssh; build
  if alive qemu; then say "already up"; return 0; fi
  (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null && die "port $PORT is already taken on loopback"
  write_ssh_config; local begun=$SECONDS; NUMA=(); numa_options
  [ -s "$STATE/nvme.img" ] || truncate -s 256M "$STATE/nvme.img"
  # Under TCG only an Intel model shows SMT siblings; with pxb-pcie every other device must name its bus.
  spawn qemu qemu-system-x86_64 -name custnuma1,debug-threads=on -M q35 -accel tcg,thread=multi,tb-size=512 -cpu Skylake-Server -m "$MEM_MIB" -smp "$CPUS,sockets=2,cores=2,threads=2" "${NUMA[@]}" \
    -smbios type=0,vendor=LabBIOS,version=2.19.1,date=03/14/2024 -smbios "type=1,manufacturer=Lab Systems,product=PowerLab R7525,serial=LAB0001,sku=LABSKU" \
    -smbios "type=2,manufacturer=Lab Systems,product=0LABBRD,serial=LABB01" -smbios type=3,manufacturer=LabSystems,serial=CH0001 \
    -smbios "type=4,sock_pfx=CPU,manufacturer=LabCPU,version=Lab EPYC 7xx2,max-speed=3350,current-speed=2250" -smbios type=17,loc_pfx=DIMM,bank=A,manufacturer=LabMem,serial=D0,part=LM-32G,speed=3200 \
    -display none -nodefaults -no-user-config -no-reboot -serial "file:$STATE/console.log" \
    -kernel "$KERNEL" -initrd "$MADE/initrd.gz" -append 'console=ttyS0 root=/dev/vda rw net.ifnames=1 panic=10 hugepagesz=2M hugepages=64 mitigations=off apparmor=0 quiet' \
    -drive "file=$IMG,format=raw,if=none,id=d0,snapshot=on,cache=unsafe" -device "virtio-blk-pci,drive=d0,num-queues=$CPUS,bus=pcie.0" \
    -drive "file=$STATE/nvme.img,format=raw,if=none,id=d1,snapshot=on" \
    -device pxb-pcie,id=pxb2,bus_nr=128,bus=pcie.0,numa_node=2 -device pcie-root-port,id=rp2,bus=pxb2,chassis=2 -device pcie-root-port,id=rp3,bus=pxb2,chassis=3,addr=1 \
    -device "nvme,drive=d1,serial=LABNVME01,bus=rp3" -netdev "user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:$PORT-:22" -device virtio-net-pci,netdev=n0,mac=52:54:00:4c:41:42,bus=rp2 \
    -device virtio-rng-pci,bus=pcie.0 -device virtio-balloon-pci,bus=pcie.0
  WHILE_ALIVE=qemu wait_for "$BOOT_LIMIT" "ssh on 127.0.0.1:$PORT" guest true || { tail -n 5 "$STATE/console.log" "$STATE/qemu.log" >&2; reap qemu 2; die "the guest did not come up"; }
  # The rest of the boot competes with the first tests for the one slow machine.
  wait_for 120 'the end of the boot' guest 'systemctl is-system-running | grep -qE "running|degraded"' || die "the guest did not finish its boot"
  say "up in $((SECONDS - begun)) s: ssh -F $STATE/ssh_config support@numa"
}
status() {
  if alive qemu; then say "running, pid $(pid_of qemu), port $PORT"; guest 'uptime; systemctl is-system-running; systemctl list-units --no-legend "app-*"'
  else say "stopped$([ -s "$IMG" ] && echo ' (disk built)')"; fi
}
# Nothing in the guest is worth a clean shutdown: its disk is a snapshot.
down() { one_at_a_time; reap qemu 5; say "down"; }
purge() { down; rm -rf "$STATE" "$CACHE"/numa-*; say "purged"; }
root_only; $CMD
