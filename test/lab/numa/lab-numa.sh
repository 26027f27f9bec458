#!/bin/bash
# lab-numa.sh up|down|status|build|purge [--dir DIR] [--port 2322]
# Debian 12 host in QEMU without KVM: systemd, sshd, sudo, gdb, strace, python3 on 8 CPUs, 2 sockets, 4 NUMA nodes with
# distances, huge pages, SMBIOS, an NVMe disk and a NIC on node 2. Every boot starts from the same disk image.
# Logins: see ../lib/lab-vm.sh;  ssh -F DIR/numa/ssh_config support@numa
LABNAME=numa; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-guest.sh"; . "$HERE/../lib/lab-vm.sh"; . "$HERE/image.sh"
PATH=$PATH:/usr/sbin:/sbin
parse_args "$@"
PORT=2322; MEM_MIB=2048; CPUS=8
set -- ${ARGS[@]+"${ARGS[@]}"}
while [ $# -gt 0 ]; do case $1 in --port) PORT=$2; shift;; *) die "unknown option $1";; esac; shift; done
vm_image "$HERE/../lib/lab-guest.sh" "$HERE/image.sh" "$HERE"/guest/*

# NUMA distances: 12 within a socket of two nodes, 32 between sockets.
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
  one_at_a_time; need qemu-system-x86_64 ssh; build; guest_kernel
  if alive qemu; then say "already up"; return 0; fi
  port_is_free; write_ssh_config; local begun=$SECONDS; NUMA=(); numa_options
  [ -s "$STATE/nvme.img" ] || truncate -s 256M "$STATE/nvme.img"
  # Under TCG only an Intel model has SMT siblings; with pxb-pcie every other device must name its bus. Without KVM the
  # mitigations flush at every system call, and compiling AppArmor's profiles takes minutes.
  spawn qemu qemu-system-x86_64 -name "$HOSTNAME_INSIDE,debug-threads=on" -M q35 -accel tcg,thread=multi,tb-size=512 -cpu Skylake-Server -m "$MEM_MIB" -smp "$CPUS,sockets=2,cores=2,threads=2" "${NUMA[@]}" \
    -smbios type=0,vendor=LabBIOS,version=2.19.1,date=03/14/2024 -smbios "type=1,manufacturer=Lab Systems,product=PowerLab R7525,serial=LAB0001,sku=LABSKU" \
    -smbios "type=2,manufacturer=Lab Systems,product=0LABBRD,serial=LABB01" -smbios type=3,manufacturer=LabSystems,serial=CH0001 \
    -smbios "type=4,sock_pfx=CPU,manufacturer=LabCPU,version=Lab EPYC 7xx2,max-speed=3350,current-speed=2250" -smbios type=17,loc_pfx=DIMM,bank=A,manufacturer=LabMem,serial=D0,part=LM-32G,speed=3200 \
    -display none -nodefaults -no-user-config -no-reboot -serial "file:$STATE/console.log" \
    -kernel "$KERNEL" -initrd "$MADE/initrd.gz" -append "console=ttyS0 root=$DISK rw net.ifnames=1 panic=10 hugepagesz=2M hugepages=64 mitigations=off apparmor=0 no_timer_check quiet" \
    -drive "file=$IMG,format=raw,if=none,id=d0,snapshot=on,cache=unsafe" -device "virtio-blk-pci,drive=d0,num-queues=$CPUS,bus=pcie.0" \
    -drive "file=$STATE/nvme.img,format=raw,if=none,id=d1,snapshot=on" \
    -device pxb-pcie,id=pxb2,bus_nr=128,bus=pcie.0,numa_node=2 -device pcie-root-port,id=rp2,bus=pxb2,chassis=2 -device pcie-root-port,id=rp3,bus=pxb2,chassis=3,addr=1 \
    -device "nvme,drive=d1,serial=LABNVME01,bus=rp3" -netdev "user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:$PORT-:22" -device virtio-net-pci,netdev=n0,mac=52:54:00:4c:41:42,bus=rp2 \
    -device virtio-rng-pci,bus=pcie.0 -device virtio-balloon-pci,bus=pcie.0
  await_guest qemu "$STATE/console.log" "$STATE/qemu.log"
  say "up in $((SECONDS - begun)) s: ssh -F $STATE/ssh_config support@numa"
}
status() {
  if alive qemu; then say "running, pid $(pid_of qemu), port $PORT"; guest 'uptime; systemctl is-system-running; systemctl list-units --no-legend "app-*"'
  else say "stopped$([ -s "$IMG" ] && echo ' (disk built)')"; fi
}
# down without a clean shutdown, because the disk is a snapshot
down() { one_at_a_time; reap qemu 5; say "down"; }
root_only; $CMD
