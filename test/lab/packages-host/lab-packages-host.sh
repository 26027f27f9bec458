#!/usr/bin/env bash
# lab-packages-host.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# A Debian 12 in a separate root directory, with the processes and the sshd in it alone.   then: ssh -F DIR/packages-host/ssh_config support@packages
# Faults: half-installed, half-configured, held, broken-status (a line that dpkg cannot parse), deleted-library (upgraded below a
# process), kernel-pending, reboot-required, apt-lock (apt waits for a script of a package).
LABNAME=packages-host; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="half-installed half-configured held broken-status deleted-library kernel-pending reboot-required apt-lock"
parse_args "$@"
ROOT=$STATE/root; PORT=${LAB_PACKAGES_PORT:-24290}
# The first process of the host: sshd in its root.
first() { pgrep -P "$(pid_of host)" | head -n 1; }
enter() { nsenter -t "$(first)" --mount --pid --root --wd=/ "$@"; }
enter_quietly() { enter env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" >>"$STATE/dpkg.log" 2>&1; }
# package NAME VERSION [SCRIPT=TEXT…]   writes a package without files but those of $STATE/files to /lab of the root
package() {
  local name=$1 version=$2 build=$STATE/build script; shift 2
  rm -rf "$STATE/build"; mkdir -p "$build/DEBIAN"; [ ! -d "$STATE/files" ] || cp -a "$STATE/files/." "$build/"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@localhost>\nDescription: package of the lab\n' "$name" "$version" >"$build/DEBIAN/control"
  for script in "$@"; do printf '#!/bin/sh\n%s\n' "${script#*=}" >"$build/DEBIAN/${script%%=*}"; chmod 755 "$build/DEBIAN/${script%%=*}"; done
  mkdir -p "$ROOT/lab"; dpkg-deb --root-owner-group --build "$build" "$ROOT/lab/${name}_$version.deb" >/dev/null || die "cannot build $name"
}
# library VERSION   a package with a copy of libz
library() { mkdir -p "$STATE/files/usr/lib"; cp -L "$ROOT"/usr/lib/x86_64-linux-gnu/libz.so.1 "$STATE/files/usr/lib/liblab.so.1"; package lab-library "$1"; rm -rf "$STATE/files"; }

INIT='root=$1; mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" && mount --rbind /dev "$root/dev" || exit 1
  exec chroot "$root" /usr/sbin/sshd -D -e -f /etc/ssh/sshd_lab'
make_root() {
  bare_root bookworm packages openssh-server,python3,sudo,procps || die "debootstrap failed, see $STATE/bookworm.log"
  rm -rf "$STATE/root"; cp -a "$BASE" "$ROOT"; mkdir -p "$ROOT/run/sshd" "$ROOT/lab"
  [ -s "$STATE/key" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$STATE/key"
  # A password that fits none: sshd refuses accounts without one as locked.
  chroot "$ROOT" useradd -m -s /bin/bash -p '*' support && install -d -m 700 "$ROOT/home/support/.ssh" && cp "$STATE/key.pub" "$ROOT/home/support/.ssh/authorized_keys" &&
    chroot "$ROOT" chown -R support: /home/support/.ssh && printf 'support ALL=(ALL:ALL) NOPASSWD: ALL\n' >"$ROOT/etc/sudoers.d/lab" && chmod 440 "$ROOT/etc/sudoers.d/lab" || die "cannot make the account"
  printf '%s\n' "ListenAddress 127.0.0.1:$PORT" 'HostKey /etc/ssh/ssh_host_ed25519_key' 'PidFile none' 'UsePAM no' 'PasswordAuthentication no' 'UseDNS no' >"$ROOT/etc/ssh/sshd_lab"
  printf '[127.0.0.1]:%s %s\n' "$PORT" "$(cut -d' ' -f1,2 "$ROOT/etc/ssh/ssh_host_ed25519_key.pub")" >"$STATE/known_hosts"
  printf 'Host packages\n  HostName 127.0.0.1\n  Port %s\n  UserKnownHostsFile %s\n  StrictHostKeyChecking yes\n  IdentityFile %s\n  IdentitiesOnly yes\n' "$PORT" "$STATE/known_hosts" "$STATE/key" >"$STATE/ssh_config"
}
up() {
  need debootstrap unshare nsenter ssh ssh-keygen dpkg-deb pgrep; one_at_a_time
  if alive host; then say "already up"; return 0; fi
  chmod 711 "$STATE"; make_root
  spawn host unshare --mount --pid --fork --kill-child --propagation private bash -c "$INIT" init "$ROOT"
  WHILE_ALIVE=host wait_for 15 "sshd" ssh -F "$STATE/ssh_config" support@packages true || die "no login: $(tail -3 "$STATE/host.log")"
  library 1.0; enter_quietly dpkg -i /lab/lab-library_1.0.deb || die "dpkg does not work, see $STATE/dpkg.log"
  cp -a "$ROOT/var/lib/dpkg" "$STATE/dpkg-good"; say "up"
}
down() { one_at_a_time; reap user; reap apt; reap host; rm -rf "$STATE/root" "$STATE/dpkg-good" "$STATE/broken" "$STATE/build"; say "down"; }
purge() { down; rm -rf "$STATE" "$CACHE/bare-bookworm-packages"; say "purged"; }
status() { alive host && say "up" || { say "down"; return 1; }; }
# Database of packages as after `up`, with new times.
restore() { cp "$STATE/dpkg-good/status" "$ROOT/var/lib/dpkg/status.lab" && mv "$ROOT/var/lib/dpkg/status.lab" "$ROOT/var/lib/dpkg/status"; rm -f "$ROOT"/var/lib/dpkg/info/lab-{half,late,slow}.* "$ROOT"/var/lib/dpkg/updates/[0-9]*; }
fails() { ! "$@"; }

# A script before the unpacking that fails, and one after it that cannot undo it.
break_half_installed() { package lab-half 1.0 'preinst=exit 1' 'postrm=exit 1'; fails enter_quietly dpkg -i /lab/lab-half_1.0.deb; }
repair_half_installed() { restore; }
break_half_configured() { package lab-late 1.0 'postinst=exit 1'; fails enter_quietly dpkg -i /lab/lab-late_1.0.deb; }
repair_half_configured() { restore; }
break_held() { enter sh -c 'echo "base-files hold" | dpkg --set-selections'; }
repair_held() { restore; }
break_broken_status() { printf 'Package: lab-broken\nVersion 1\n\n' >>"$ROOT/var/lib/dpkg/status"; }
repair_broken_status() { restore; }
break_deleted_library() {
  spawn user nsenter -t "$(first)" --mount --pid --root --wd=/ /usr/bin/python3 -c 'import ctypes, time; ctypes.CDLL("/usr/lib/liblab.so.1"); time.sleep(1e6)' "$STATE"
  sleep 1; library 2.0; enter_quietly dpkg -i /lab/lab-library_2.0.deb
}
repair_deleted_library() { enter pkill -f ctypes.CDLL; reap user 3; enter_quietly dpkg -i /lab/lab-library_1.0.deb; }
break_kernel_pending() { local next; next=$(uname -r | sed 's/^[0-9]*/99/'); package "linux-image-$next" 1.0; enter_quietly dpkg -i "/lab/linux-image-${next}_1.0.deb"; }
repair_kernel_pending() { enter_quietly dpkg -P "linux-image-$(uname -r | sed 's/^[0-9]*/99/')"; }
break_reboot_required() { printf '*** System restart required ***\n' >"$ROOT/run/reboot-required"; printf 'libc6\n' >"$ROOT/run/reboot-required.pkgs"; }
repair_reboot_required() { rm -f "$ROOT/run/reboot-required" "$ROOT/run/reboot-required.pkgs"; }
break_apt_lock() {
  package lab-slow 1.0 'postinst=sleep 600'
  spawn apt nsenter -t "$(first)" --mount --pid --root --wd=/ env "LAB=$STATE" DEBIAN_FRONTEND=noninteractive apt-get install -y -o APT::Sandbox::User=root /lab/lab-slow_1.0.deb
  wait_for 15 'the script of the package' enter pgrep -fx 'sleep 600'
}
# apt ends with the script that it waits for.
repair_apt_lock() { enter pkill -fx 'sleep 600'; wait_for 10 'apt to end' fails enter pgrep -x apt-get; reap apt 3; restore; }

run_verb
