# What is in the guest of stacks: sourced by lab-stacks.sh. All stand still until the labs inside start them.
HOSTNAME_INSIDE=custvirt1; IMAGE_SIZE=4G; DISK=/dev/ubda
PACKAGES="systemd-sysv dbus udev kmod openssh-server sudo gdb strace procps iproute2 python3 python3-minimal docker.io containerd runc"
PACKAGES+=" lxd lxd-client lxc uidmap libvirt-daemon-system libvirt-daemon-system-systemd libvirt-clients qemu-system-x86 qemu-utils qemu-guest-agent busybox-static"
UNITS="docker.service docker.socket containerd.service lxd.socket lxd-containers.service lxc.service lxc-net.service lxcfs.service libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirt-guests.service virtlogd.socket virtlogd-admin.socket virtlockd.socket virtlockd-admin.socket qemu-guest-agent.service"

furnish() {
  modules_into_root "$UML_MODULES"
  printf '[Match]\nName=eth0\n[Network]\nAddress=%s/24\nLinkLocalAddressing=no\n' "$ADDRESS" >"$ROOT/etc/systemd/network/05-lab.network"
  chroot "$ROOT" systemctl -q disable $UNITS >/dev/null 2>&1
}
