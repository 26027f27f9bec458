# What is in the NUMA guest: sourced by lab-numa.sh, which sets HERE, STATE, CACHE, MADE and IMG.
SUITE=bookworm; MIRROR=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" | head -n 1) # the one apt is set up with
PACKAGES="systemd-sysv dbus udev kmod openssh-server sudo gdb strace procps iproute2 numactl python3 python3-minimal dmidecode pciutils stress-ng nvme-cli smartmontools ethtool util-linux-extra"
# Container and virtualisation stacks with systemd and the unified hierarchy; they stand still until a lab inside starts them.
STACKS="docker.io containerd runc lxd lxd-client lxc uidmap libvirt-daemon-system libvirt-daemon-system-systemd libvirt-clients qemu-system-x86 qemu-utils qemu-guest-agent busybox-static"
STACK_UNITS="docker.service docker.socket containerd.service lxd.socket lxd-containers.service lxc.service lxc-net.service lxcfs.service libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirt-guests.service virtlogd.socket virtlogd-admin.socket virtlockd.socket virtlockd-admin.socket qemu-guest-agent.service"

# write_unit NAME DESCRIPTION COMMAND [MORE LINES]
write_unit() {
  printf '[Unit]\nDescription=%s\nStartLimitIntervalSec=0\n[Service]\nExecStart=%s\nRestart=always\nRestartSec=3\n%s' "$2" "$3" "${4:-}" >"$ROOT/etc/systemd/system/$1.service"
}

# install_system   debootstrap, then apt in the root: debootstrap cannot follow virtual packages, which gdb needs.
# The mounts live in a namespace that goes with the command.
install_system() {
  mkdir -p "$CACHE/debs"
  debootstrap --variant=minbase --cache-dir="$CACHE/debs" "$SUITE" "$ROOT" "$MIRROR" >"$STATE/build.log" 2>&1 || die "debootstrap failed, see $STATE/build.log"
  printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"; chmod +x "$ROOT/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf "$ROOT/etc/resolv.conf"; mkdir -p "$ROOT/var/cache/apt/archives"
  cp -n "$CACHE"/debs/*.deb "$ROOT/var/cache/apt/archives/" 2>/dev/null
  unshare -m --propagation private bash -c '
    mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/tmp" && cd / &&
    DEBIAN_FRONTEND=noninteractive chroot "$1" sh -c "apt-get -q -o Acquire::Check-Date=false update &&
      apt-get -qy --no-install-recommends -o APT::Keep-Downloaded-Packages=true install $2"' _ "$ROOT" "$PACKAGES $STACKS" \
    >>"$STATE/build.log" 2>&1 || die "apt in the guest's root failed, see $STATE/build.log"
  cp -n "$ROOT"/var/cache/apt/archives/*.deb "$CACHE/debs/" 2>/dev/null
  rm -rf "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/var/lib/apt/lists/* "$ROOT/usr/sbin/policy-rc.d" "$ROOT"/usr/share/{doc,man,locale}/*
  mkdir -p "$ROOT/lib/modules"; cp -a "$KMOD" "$ROOT/lib/modules/"; depmod -b "$ROOT" "$KREL"
}

# set_up_users FOLDER   the key pair of the lab goes to FOLDER, its public half to every user
set_up_users() {
  local user home
  ssh-keygen -q -t ed25519 -N '' -C crashcart-lab -f "$1/id_ed25519"
  for user in support oncall guest; do chroot "$ROOT" useradd -m -s /bin/bash "$user"; done
  printf 'support ALL=(ALL) NOPASSWD: ALL\noncall ALL=(ALL) ALL\n' >"$ROOT/etc/sudoers.d/lab"; chmod 440 "$ROOT/etc/sudoers.d/lab"
  printf 'oncall:lab-oncall\nguest:lab-guest\n' | chroot "$ROOT" chpasswd
  for home in root home/support home/oncall home/guest; do
    mkdir -p "$ROOT/$home/.ssh"; cp "$1/id_ed25519.pub" "$ROOT/$home/.ssh/authorized_keys"; chmod 700 "$ROOT/$home/.ssh"
    [ "$home" = root ] || chroot "$ROOT" chown -R "${home#home/}:" "/$home/.ssh"
  done
  printf 'UseDNS no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n' >"$ROOT/etc/ssh/sshd_config.d/lab.conf"
  sed "s/^/numa /" "$ROOT"/etc/ssh/ssh_host_*_key.pub | cut -d' ' -f1-3 >"$1/known_hosts"
}

set_up_loads() {
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

build() {
  root_only; guest_kernel
  [ -s "$IMG" ] && return 0
  need debootstrap mke2fs depmod ssh-keygen gcc unshare
  local begun=$SECONDS fresh=$MADE.tmp; ROOT=$STATE/rootfs
  rm -rf "$ROOT" "$CACHE"/numa-*; mkdir -p "$fresh"
  say "building the guest's disk (log $STATE/build.log)"
  install_system
  echo custnuma1 >"$ROOT/etc/hostname"; printf '127.0.0.1 localhost\n127.0.1.1 custnuma1\n' >"$ROOT/etc/hosts"; : >"$ROOT/etc/resolv.conf"
  printf '/dev/vda / ext4 noatime 0 1\nhugetlbfs /dev/hugepages hugetlbfs defaults 0 0\n' >"$ROOT/etc/fstab"
  printf '[Match]\nName=e*\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n' >"$ROOT/etc/systemd/network/10-lab.network"
  set_up_users "$fresh"; set_up_loads
  chroot "$ROOT" systemctl -q enable systemd-networkd ssh >/dev/null 2>&1
  chroot "$ROOT" systemctl -q disable $STACK_UNITS >/dev/null 2>&1
  chroot "$ROOT" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer getty@tty1.service systemd-networkd-wait-online >/dev/null 2>&1
  truncate -s 3G "$fresh/root.img"; mke2fs -q -F -t ext4 -O ^has_journal -d "$ROOT" "$fresh/root.img" || die "mke2fs failed"
  build_initrd "$fresh"
  rm -rf "$ROOT"; mv "$fresh" "$MADE"
  say "disk built in $((SECONDS - begun)) s: $(du -sh "$IMG" | cut -f1)"
}

# build_initrd FOLDER   loads the drivers of the disk and goes on to the real root
build_initrd() {
  local dir=$STATE/initrd; rm -rf "$dir"; mkdir -p "$dir"
  cat >"$dir/init" <<'INIT'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for module in $($B cat /lib/modules/order); do $B insmod /lib/modules/$module.ko 2>/dev/null; done
i=0; while [ ! -b /dev/vda ] && [ $i -lt 100 ]; do $B sleep 0.1; i=$((i+1)); done
$B mount -t ext4 -o noatime /dev/vda /newroot || exec $B sh
$B umount /proc; $B umount /sys; $B mount -o move /dev /newroot/dev
exec $B switch_root /newroot /sbin/init
INIT
  chmod +x "$dir/init"
  # virtio_ring comes before virtio.
  initramfs_of "$dir" "$1/initrd.gz" "virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net virtio_blk virtio_balloon rng-core virtio-rng button nvme-core nvme"
  rm -rf "$dir"
}
