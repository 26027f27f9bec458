# What is in the guest of disks: sourced by lab-disks.sh.
HOSTNAME_INSIDE=custdisks1; IMAGE_SIZE=2G; DISK=/dev/vda
PACKAGES="systemd-sysv dbus udev kmod openssh-server sudo procps iproute2 python3 python3-minimal dmsetup lvm2 thin-provisioning-tools mdadm btrfs-progs xfsprogs e2fsprogs nfs-common nfs-kernel-server"

furnish() {
  guest_kernel; modules_into_root "$KMOD"
  # virtio_ring comes before virtio.
  disk_initrd "$1" "virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net virtio_blk rng-core virtio-rng button"
  printf '/srv/nas 127.0.0.1(rw,no_root_squash,no_subtree_check,fsid=0,insecure)\n' >"$ROOT/etc/exports"
  mkdir -p "$ROOT/etc/nfs.conf.d"; printf '[nfsd]\nthreads=2\nvers3=n\ngrace-time=10\nlease-time=10\n' >"$ROOT/etc/nfs.conf.d/lab.conf"
  # Started by the fault that needs it.
  chroot "$ROOT" systemctl -q disable nfs-server nfs-blkmap rpcbind.service rpcbind.socket nfs-client.target mdmonitor mdcheck_start.timer lvm2-monitor dm-event.socket >/dev/null 2>&1
}
