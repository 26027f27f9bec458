#!/usr/bin/env bash
# Forty hosts on this machine: real sshd on 127.1.0.1 to 127.1.0.40, each in its own mount and UTS namespace with its own name, machine-id,
# boot_id, package database and a small /srv, and a bastion in front of them. Logins are of root by a key of the lab.
# usage: lab-fleet.sh up|down|status|break FAULT…|repair [FAULT…]|purge [--dir DIR]   then: ssh -F DIR/fleet/ssh_config node01
LABNAME=fleet; ARGS=()
# full: /srv of the three hosts with libfault 2.0 is full; frozen: all of sshd of node12 is stopped (SIGSTOP)
FAULTS="full frozen"
HERE=$(dirname "$(readlink -f "$0")")
# shellcheck source=test/lab/lib/lab-lib.sh
. "$HERE/../lib/lab-lib.sh"
parse_args "$@"
set -- ${ARGS[@]+"${ARGS[@]}"}

HOSTS=40; PORT=${LAB_FLEET_PORT:-24310}; BASTION=127.1.0.100; KEYS=$STATE/keys
BAD=(07 19 33); FROZEN=12
names() { seq -f %02g 1 $HOSTS; }
address() { echo "127.1.0.$((10#$1))"; }
is_bad() { case " ${BAD[*]} " in *" $1 "*) ;; *) return 1 ;; esac; }

make_keys() {
  [ -s "$KEYS/done" ] && return 0
  mkdir -p "$KEYS"; rm -f "$KEYS"/*
  ssh-keygen -q -t ed25519 -N '' -C lab -f "$KEYS/host"; ssh-keygen -q -t ed25519 -N '' -C lab -f "$KEYS/id"
  cp "$KEYS/id.pub" "$KEYS/authorized_keys"; date >"$KEYS/done"
}
# package NAME VERSION   prints an entry of dpkg's database
package() { printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: lab <lab@example.org>\nVersion: %s\nDescription: lab\n\n' "$1" "$2"; }
# root_of NN   writes what is laid over this machine's files in the namespace of a host
root_of() {
  local n=$1 root=$STATE/host$1 fault=1.9-3 number
  is_bad "$n" && fault=2.0-1
  mkdir -p "$root/dpkg/info" "$root/dpkg/updates"; : >"$root/dpkg/available"
  echo "node$n" >"$root/hostname"
  printf 'fleet %s' "$n" | sha256sum | cut -c1-32 >"$root/machine-id"
  printf 'boot %s' "$n" | sha256sum | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/' >"$root/boot_id"
  { for number in $(seq 1 30); do package "lab-$number" "1.$number-1"; done
    # Different on each host: shares nothing.
    package lab-own "1.0-$n"; package libfault "$fault"; } >"$root/dpkg/status"
}
settings() {
  printf '%s\n' "ListenAddress $1:$PORT" "HostKey $KEYS/host" 'PidFile none' 'UsePAM no' 'PermitRootLogin prohibit-password' 'PasswordAuthentication no' 'StrictModes no' \
    "AuthorizedKeysFile $KEYS/authorized_keys" 'UseDNS no' 'PrintMotd no' 'LogLevel VERBOSE'
}
write_configs() {
  local n at; : >"$STATE/known_hosts"; : >"$STATE/ssh_config"
  settings $BASTION >"$STATE/sshd_bastion.conf"
  for n in $(names); do
    settings "$(address "$n")" >"$STATE/sshd_$n.conf"
    printf 'Host node%s\n  HostName %s\nHost via%s\n  HostName %s\n  ProxyJump bastion\n' "$n" "$(address "$n")" "$n" "$(address "$n")" >>"$STATE/ssh_config"
  done
  for at in $BASTION $(for n in $(names); do address "$n"; done); do printf '[%s]:%s %s\n' "$at" "$PORT" "$(cut -d' ' -f1,2 "$KEYS/host.pub")"; done >"$STATE/known_hosts"
  printf '%s\n' 'Host bastion' "  HostName $BASTION" 'Host *' '  User root' "  Port $PORT" "  IdentityFile $KEYS/id" '  IdentitiesOnly yes' '  IdentityAgent none' \
    "  UserKnownHostsFile $STATE/known_hosts" '  GlobalKnownHostsFile /dev/null' '  StrictHostKeyChecking ask' '  UpdateHostKeys no' '  GSSAPIAuthentication no' >>"$STATE/ssh_config"
}
# INSIDE lays the files of a host over this machine's and becomes sshd
INSIDE='root=$1; shift; mount -t tmpfs -o size=1m lab-srv /srv && mount --bind "$root/dpkg" /var/lib/dpkg && mount --bind "$root/machine-id" /etc/machine-id &&
  mount --bind "$root/boot_id" /proc/sys/kernel/random/boot_id && hostname "$(cat "$root/hostname")" && exec "$@"'
answers() { (exec 3<>"/dev/tcp/$1/$PORT" && head -c 4 <&3 | grep -q SSH-) 2>/dev/null; }
all_answer() { local n; for n in $(names); do answers "$(address "$n")" || return 1; done; answers $BASTION; }

up() {
  one_at_a_time; need sshd ssh-keygen unshare nsenter
  if alive bastion; then say "already up"; return 0; fi
  answers $BASTION && die "port $PORT is already taken on $BASTION"
  mkdir -p /run/sshd; rm -rf "$STATE/broken"; [ -e /etc/machine-id ] || die "this machine has no /etc/machine-id to mount over"
  make_keys; write_configs
  local n
  for n in $(names); do
    root_of "$n"
    spawn "node$n" unshare --mount --uts sh -c "$INSIDE" sh "$STATE/host$n" "$(command -v sshd)" -D -e -f "$STATE/sshd_$n.conf" &
  done
  wait
  spawn bastion "$(command -v sshd)" -D -e -f "$STATE/sshd_bastion.conf"
  wait_for 30 "all sshd to listen" all_answer || { tail -qn 2 "$STATE"/node*.log >&2; die "a host did not come up"; }
  say "up: ssh -F $STATE/ssh_config node01"
}
# processes_of NN   all processes in the mount namespace of a host
processes_of() {
  local space pid; space=$(readlink "/proc/$(pid_of "node$1")/ns/mnt") || return 0
  for pid in /proc/[0-9]*; do [ "$(readlink "$pid/ns/mnt" 2>/dev/null)" != "$space" ] || echo "${pid#/proc/}"; done
}
break_full() { local n; for n in "${BAD[@]}"; do nsenter -t "$(pid_of "node$n")" -m sh -c 'cat /dev/zero >/srv/fill 2>/dev/null; true'; done; }
repair_full() { local n; for n in "${BAD[@]}"; do nsenter -t "$(pid_of "node$n")" -m rm -f /srv/fill; done; }
break_frozen() { processes_of $FROZEN | xargs -r kill -STOP; }
repair_frozen() { processes_of $FROZEN | xargs -r kill -CONT; }
status() { local n up=0; for n in $(names); do ! alive "node$n" || up=$((up + 1)); done; say "$up of $HOSTS running, bastion $(alive bastion && echo running || echo stopped)"; }
down() {
  one_at_a_time; local n
  repair_frozen 2>/dev/null
  # Sessions go with their host.
  for n in $(names); do processes_of "$n" | xargs -r kill -KILL 2>/dev/null; rm -f "$STATE/node$n.pid"; done
  reap bastion 5; rm -rf "$STATE/broken"
  say "down"
}
build() { :; }
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
