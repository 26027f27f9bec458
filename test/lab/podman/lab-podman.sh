#!/bin/bash
# lab-podman.sh up|down|status|purge [--dir DIR]
# Containers of podman, without a daemon, of root and of a user. The image is busybox, built here:
#   pm-web (64 MiB, pids limit 20) and pm-done (exit code 3) of root; pm-own of the account labpod, in the cgroup of its
#   starter where systemd is not the init.
LABNAME=podman; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
parse_args "$@"
STORE=/var/lib/containers; OWNER=labpod; MARK="crashcart lab"; IMAGE=lab/busybox:1
# runc, because crun does not support the hybrid cgroup hierarchy; ulimits, because raising them may be denied.
OPTIONS="--runtime runc --cgroup-manager cgroupfs --events-backend file"; LIMITS="--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --network none"
P() { timeout 60 podman $OPTIONS "$@" 9>&-; }
home() { getent passwd "$OWNER" | cut -d: -f6; }
U() { (cd / && timeout 60 runuser -u "$OWNER" -- env HOME="$(home)" XDG_RUNTIME_DIR="$(home)/run" podman $OPTIONS "$@" 9>&-); }
runs() { [ "$(P inspect -f '{{.State.Status}}' "$1" 2>/dev/null)" = running ]; }

up() {
  one_at_a_time; need podman runc conmon tar; local begun=$SECONDS
  # The first podman command creates directories in the store.
  if mountpoint -q "$STORE" && runs pm-web; then say "already up"; return 0; fi
  mountpoint -q "$STORE" || {
    [ -z "$(ls "$STORE" 2>/dev/null)" ] || die "foreign containers in $STORE"
    mkdir -p "$STATE/var" "$STORE" && mount --bind "$STATE/var" "$STORE" || die "cannot mount $STORE"
  }
  # A new home each time: one that a cut run left behind belongs to a number that is another account's today.
  getent passwd "$OWNER" >/dev/null || useradd -m -d "$(mktemp -u "/home/$OWNER.XXXXXX")" -c "$MARK" -s /bin/bash "$OWNER" ||
    die "cannot make the account $OWNER"
  install -d -m 700 -o "$OWNER" "$(home)/run"
  busybox_root "$STATE/root"; tar -C "$STATE/root" -cf "$(home)/image.tar" . && chmod 644 "$(home)/image.tar" || die "tar failed"; rm -rf "$STATE/root"
  P import -q "$(home)/image.tar" "$IMAGE" >/dev/null && U import -q "$(home)/image.tar" "$IMAGE" >/dev/null || die "podman import failed"
  P run -d --name pm-web $LIMITS --memory 64m --pids-limit 20 "$IMAGE" sleep 86400 >/dev/null || die "podman run pm-web failed"
  P run -d --name pm-done $LIMITS "$IMAGE" sh -c 'exit 3' >/dev/null || die "podman run pm-done failed"
  U run -d --name pm-own $LIMITS "$IMAGE" sleep 86400 >/dev/null || die "podman run pm-own failed, as $OWNER"
  say "up in $((SECONDS - begun)) s"
}
status() { if mountpoint -q "$STORE"; then P ps -a; U ps -a; else say stopped; fi; }
down() {
  one_at_a_time
  if mountpoint -q "$STORE"; then P rm -fa -t 0 >/dev/null; P rmi -fa >/dev/null; unmount_below "$STORE"; fi
  if getent passwd "$OWNER" | grep -q ":$MARK:"; then
    U rm -fa -t 0 >/dev/null 2>&1; unmount_below "$(home)"; userdel -rf "$OWNER" >/dev/null 2>&1
  fi
  remove_cgroups 'libpod_parent'; rm -rf "$STATE/var"; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
