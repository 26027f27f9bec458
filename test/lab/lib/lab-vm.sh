# A whole Debian machine, its disk made by debootstrap, reached by ssh on a port of loopback: sourced after lab-lib.sh by the
# labs that boot one. The script sets PORT, HOSTNAME_INSIDE, PACKAGES, IMAGE_SIZE, and DISK, how the kernel calls it; it has the
# functions `furnish`, which puts into $ROOT what is its own (modules of the kernel too), and `down`; then it calls
# vm_image FILES…, the files of which the image is made.
# Every boot is pristine. Logins, all with the key: support (sudo without a password), oncall (sudo with the password
# `lab-oncall`), guest (no sudo), root:  ssh -F DIR/LAB/ssh_config support@LAB
SUITE=bookworm; MIRROR=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" | head -n 1) # the one apt is set up with
BOOT_LIMIT=${LAB_BOOT_LIMIT:-240}
guest() { ssh -F "$STATE/ssh_config" "root@$LABNAME" "$@" 9>&-; }

# vm_image FILES…   the image is made anew when anything that goes into it has changed
vm_image() { MADE=$CACHE/$LABNAME-$(cat "$HERE/../lib/lab-vm.sh" "$@" | sha256sum | cut -c1-12); IMG=$MADE/root.img; }

# modules_into_root FOLDER   of a kernel; the folder is named after its release
modules_into_root() { mkdir -p "$ROOT/lib/modules"; cp -a "$1" "$ROOT/lib/modules/"; depmod -b "$ROOT" "${1##*/}"; }

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
  sed "s/^/$LABNAME /" "$ROOT"/etc/ssh/ssh_host_*_key.pub | cut -d' ' -f1-3 >"$1/known_hosts"
}

build() {
  root_only; [ ! -s "$IMG" ] || return 0
  need debootstrap mke2fs depmod ssh-keygen unshare
  local begun=$SECONDS fresh=$MADE.tmp; ROOT=$STATE/rootfs
  rm -rf "$ROOT" "$CACHE/$LABNAME"-*; mkdir -p "$fresh"
  say "building the guest's disk (log $STATE/build.log)"
  install_system
  echo "$HOSTNAME_INSIDE" >"$ROOT/etc/hostname"; printf "127.0.0.1 localhost\n127.0.1.1 $HOSTNAME_INSIDE\n" >"$ROOT/etc/hosts"; : >"$ROOT/etc/resolv.conf"
  echo "$DISK / ext4 noatime 0 1" >"$ROOT/etc/fstab"
  printf '[Match]\nName=e*\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n' >"$ROOT/etc/systemd/network/10-lab.network"
  set_up_users "$fresh"; furnish "$fresh"
  chroot "$ROOT" systemctl -q enable systemd-networkd ssh >/dev/null 2>&1
  chroot "$ROOT" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer getty@tty1.service systemd-networkd-wait-online >/dev/null 2>&1
  truncate -s "$IMAGE_SIZE" "$fresh/root.img"; mke2fs -q -F -t ext4 -O ^has_journal -d "$ROOT" "$fresh/root.img" || die "mke2fs failed"
  rm -rf "$ROOT"; mv "$fresh" "$MADE"
  say "disk built in $((SECONDS - begun)) s: $(du -sh "$IMG" | cut -f1)"
}

write_ssh_config() {
  cp "$MADE/known_hosts" "$STATE/known_hosts"; install -m 600 "$MADE/id_ed25519" "$STATE/id_ed25519"
  printf '%s\n' "Host $LABNAME" '  HostName 127.0.0.1' "  Port $PORT" "  HostKeyAlias $LABNAME" "  IdentityFile $STATE/id_ed25519" '  IdentitiesOnly yes' '  IdentityAgent none' \
    "  UserKnownHostsFile $STATE/known_hosts" '  GlobalKnownHostsFile /dev/null' '  StrictHostKeyChecking yes' '  ConnectTimeout 20' '  LogLevel ERROR' >"$STATE/ssh_config"
}

# await_guest DAEMON LOG…   until it answers and its boot is over: the rest of a boot competes with the first tests
await_guest() {
  local daemon=$1; shift
  WHILE_ALIVE=$daemon wait_for "$BOOT_LIMIT" "ssh on 127.0.0.1:$PORT" guest true || { tail -n 5 "$@" >&2; down >/dev/null; die "the guest did not come up"; }
  wait_for "$BOOT_LIMIT" 'the end of the boot' guest 'systemctl is-system-running | grep -qE "running|degraded"' || die "the guest did not finish its boot"
}
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || die "port $PORT is already taken on loopback"; }

purge() { down; rm -rf "$STATE" "$CACHE/$LABNAME"-*; say "purged"; }
