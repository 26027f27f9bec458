# What is in the NUMA guest: sourced by lab-numa.sh.
HOSTNAME_INSIDE=custnuma1; IMAGE_SIZE=2G; DISK=/dev/vda
PACKAGES="systemd-sysv dbus udev kmod openssh-server sudo gdb strace procps iproute2 numactl python3 python3-minimal dmidecode pciutils stress-ng nvme-cli smartmontools ethtool util-linux-extra"

# write_unit NAME DESCRIPTION COMMAND [MORE LINES]
write_unit() {
  printf '[Unit]\nDescription=%s\nStartLimitIntervalSec=0\n[Service]\nExecStart=%s\nRestart=always\nRestartSec=3\n%s' "$2" "$3" "${4:-}" >"$ROOT/etc/systemd/system/$1.service"
}

# furnish FOLDER
furnish() {
  need gcc; guest_kernel; modules_into_root "$KMOD"
  # virtio_ring comes before virtio.
  disk_initrd "$1" "virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net virtio_blk virtio_balloon rng-core virtio-rng button nvme-core nvme"
  echo 'hugetlbfs /dev/hugepages hugetlbfs defaults 0 0' >>"$ROOT/etc/fstab"
  install -m 755 "$HERE/guest/labmem" "$HERE/guest/lab-python" "$ROOT/usr/local/bin/"
  gcc -g -O1 -pthread -o "$ROOT/usr/local/bin/labtarget" "$HERE/guest/labtarget.c" || die "gcc failed"
  write_unit app-remote 'lab: CPU on node 0, memory bound to node 1' '/usr/bin/numactl --cpunodebind=0 --membind=1 /usr/local/bin/labmem 96 0.5'
  write_unit app-local 'lab: CPU and memory on node 2' '/usr/bin/numactl --cpunodebind=2 --membind=2 /usr/local/bin/labmem 64 0.5'
  write_unit app-huge 'lab: 32 MiB in huge pages of 2 MiB' '/usr/bin/numactl --membind=3 /usr/local/bin/labmem 32 60 huge'
  write_unit app-hog 'lab: four spinning threads squeezed on CPU 7' '/usr/bin/taskset -c 7 /usr/bin/stress-ng --cpu 4 --cpu-method loop'
  write_unit app-memhog 'lab: OOM kills under a limit of 64 MiB' '/usr/bin/stress-ng --vm 2 --vm-bytes 96m --vm-keep' $'MemoryMax=64M\nMemorySwapMax=0\n'
  write_unit app-dstate 'lab: buffered writes with fsync' '/bin/sh -c "while :; do dd if=/dev/zero of=/var/tmp/lab.d bs=64k count=64 conv=fsync 2>/dev/null; done"'
  write_unit app-target 'lab: four threads to try debuggers on' '/usr/local/bin/labtarget /run/labtarget'
}
