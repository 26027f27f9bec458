#!/bin/bash
# lab-package.sh up|down|status [--dir DIR]   or   lab-package.sh enter DIR SUITE command…
# Root directories of a minimal Debian 12 and 11, in which packages are installed. A suite that the mirror does not have has no root.
# `enter` runs a command in one of them, in namespaces that end with the command, with an empty /tmp and /root.
LABNAME=package; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
SUITES='bookworm bullseye'

enter() {
  local root=$1/package/$2; shift 2
  exec unshare --mount --pid --net --fork --kill-child --propagation private bash -c '
    root=$1; shift
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --rbind /sys "$root/sys" &&
      mount -t tmpfs tmpfs "$root/tmp" && mount -t tmpfs tmpfs "$root/root" || exit 1
    exec "$(command -v chroot)" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 "$@"' _ "$root" "$@"
}
if [ "${1:-}" = enter ]; then root_only; shift; enter "$@"; fi

parse_args "$@"
build() { local suite; for suite in $SUITES; do bare_root "$suite" || say "no $suite: debootstrap failed, see $STATE/$suite.log"; done; }
up() {
  local suite; one_at_a_time; build
  for suite in $SUITES; do
    [ -s "$CACHE/bare-$suite/etc/debian_version" ] || continue
    rm -rf "$STATE/${suite:?}"; cp -a "$CACHE/bare-$suite" "$STATE/$suite"
    say "up: Debian $(cat "$STATE/$suite/etc/debian_version") in $STATE/$suite"
  done
}
status() { ls -d "$STATE"/*/etc/debian_version 2>/dev/null || say "not made"; }
down() { local suite; for suite in $SUITES; do rm -rf "$STATE/${suite:?}"; done; say "down"; }
purge() { down; rm -rf "$STATE" "$CACHE/bare-bullseye"; say "purged"; }
root_only; $CMD
