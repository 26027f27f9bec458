#!/bin/bash
# lab-numa.sh up|down|status|build|purge [--dir DIR] [--port 2322]
# A whole customer's host in QEMU without KVM: Debian 12 with systemd, sshd, sudo, gdb, strace, python3 on 8 CPUs,
# 2 sockets, 4 NUMA nodes with distances, huge pages, SMBIOS, an NVMe disk and a NIC on node 2. Every boot is pristine.
# Logins, all with the key: support (sudo without a password), oncall (sudo with the password `lab-oncall`),
# guest (no sudo), root:  ssh -F DIR/numa/ssh_config support@numa
LABNAME=numa; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-guest.sh"
PATH=$PATH:/usr/sbin:/sbin
parse_args "$@"
PORT=2322; MEM_MIB=2048; CPUS=8; BOOT_LIMIT=240
set -- ${ARGS[@]+"${ARGS[@]}"}
while [ $# -gt 0 ]; do case $1 in --port) PORT=$2; shift;; *) die "unknown option $1";; esac; shift; done
# The image is made anew when anything that goes into it has changed.
MADE=$CACHE/numa-$(cat "$HERE/lab-numa.sh" "$HERE/../lib/lab-guest.sh" "$HERE"/guest/* | sha256sum | cut -c1-12); IMG=$MADE/root.img
SUITE=bookworm; MIRROR=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" | head -n 1) # the one apt is set up with
PACKAGES="systemd-sysv dbus udev kmod openssh-server sudo gdb strace procps iproute2 numactl python3 python3-minimal dmidecode pciutils stress-ng nvme-cli smartmontools ethtool util-linux-extra"
guest() { ssh -F "$STATE/ssh_config" root@numa "$@" 9>&-; }

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
      apt-get -qy --no-install-recommends -o APT::Keep-Downloaded-Packages=true install $2"' _ "$ROOT" "$PACKAGES" \
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
  spawn qemu qemu-system-x86_64 -name custnuma1,debug-threads=on -M q35 -accel tcg,thread=multi -cpu Skylake-Server -m "$MEM_MIB" -smp "$CPUS,sockets=2,cores=2,threads=2" "${NUMA[@]}" \
    -smbios type=0,vendor=LabBIOS,version=2.19.1,date=03/14/2024 -smbios "type=1,manufacturer=Lab Systems,product=PowerLab R7525,serial=LAB0001,sku=LABSKU" \
    -smbios "type=2,manufacturer=Lab Systems,product=0LABBRD,serial=LABB01" -smbios type=3,manufacturer=LabSystems,serial=CH0001 \
    -smbios "type=4,sock_pfx=CPU,manufacturer=LabCPU,version=Lab EPYC 7xx2,max-speed=3350,current-speed=2250" -smbios type=17,loc_pfx=DIMM,bank=A,manufacturer=LabMem,serial=D0,part=LM-32G,speed=3200 \
    -display none -nodefaults -no-user-config -no-reboot -serial "file:$STATE/console.log" \
    -kernel "$KERNEL" -initrd "$MADE/initrd.gz" -append 'console=ttyS0 root=/dev/vda rw net.ifnames=1 panic=10 hugepagesz=2M hugepages=64 quiet' \
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
