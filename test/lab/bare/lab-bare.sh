#!/bin/bash
# lab-bare.sh up|down|status [--dir DIR]   or   lab-bare.sh enter DIR command…
# Root directory of a Debian 12 with only Node 20 and npm, copied from this machine. `up` copies the project's files to
# /crashcart, like a clone; `enter` runs a command in the root, in namespaces that end with the command.
LABNAME=bare; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# enter DIR command…   with /proc, /sys and /dev, and npm's cache of this machine
enter() {
  local root=$1/bare/root cache registry; shift
  cache=$(npm config get cache 2>/dev/null); registry=$(npm config get registry 2>/dev/null)
  mkdir -p "$root/npm-cache"
  exec unshare --mount --pid --fork --kill-child --propagation private bash -c '
    root=$1 cache=$2 registry=$3; shift 3
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --rbind /sys "$root/sys" && mount -t tmpfs tmpfs "$root/tmp" || exit 1
    [ ! -d "$cache" ] || mount --bind "$cache" "$root/npm-cache" || exit 1
    exec "$(command -v chroot)" "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
      npm_config_cache=/npm-cache npm_config_registry="$registry" /bin/sh -c "cd /crashcart && exec \"\$@\"" sh "$@"' _ "$root" "$cache" "$registry" "$@"
}
if [ "${1:-}" = enter ]; then root_only; shift; enter "$@"; fi

parse_args "$@"
TOP=$(cd "$HERE/../../.." && pwd)
ROOT=$STATE/root

# Path of the system's node; npm scripts put another one first in PATH.
own_node() { type -aP node | grep -v '/node_modules/' | head -n 1; }

build() { need npm; bare_root bookworm || die "debootstrap failed, see $STATE/bookworm.log"; }
up() {
  one_at_a_time; build; need git tar
  local node npm; node=$(readlink -f "$(own_node)") && npm=$(dirname "$node")/../lib/node_modules/npm
  [ -x "$node" ] && [ -d "$npm" ] || die "this machine has no node with npm beside it to copy"
  rm -rf "$ROOT"; cp -a "$BASE" "$ROOT"
  install -D "$node" "$ROOT/usr/bin/node"; mkdir -p "$ROOT/usr/lib/node_modules"
  cp -a "$npm" "$ROOT/usr/lib/node_modules/"; ln -s ../lib/node_modules/npm/bin/npm-cli.js "$ROOT/usr/bin/npm"
  cp /etc/resolv.conf "$ROOT/etc/resolv.conf"; mkdir -p "$ROOT/crashcart"
  (cd "$TOP" && git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null) | tar -x -C "$ROOT/crashcart"
  say "up: Debian $(cat "$ROOT/etc/debian_version") with node $("$node" --version) and npm alone"
}
status() { if [ -d "$ROOT" ]; then say "made in $ROOT"; else say "not made"; fi; }
down() { rm -rf "$ROOT"; say "down"; }
purge() { down; rm -rf "$STATE" "$CACHE/bare-bookworm"; say "purged"; }
root_only; $CMD
