# Functions of all lab scripts, sourced after LABNAME and ARGS=() are set.
# The state of a lab lies under --dir (CRASHCART_LAB_DIR, else /tmp/crashcart-lab), slow build results under
# CRASHCART_LAB_CACHE (else the same directory). Daemons listen on loopback and unix sockets only.
set -u

say() { printf '%s: %s\n' "$LABNAME" "$*"; }
die() { printf '%s: error: %s\n' "$LABNAME" "$*" >&2; exit 1; }
need() { local tool; for tool in "$@"; do command -v "$tool" >/dev/null 2>&1 || die "missing command '$tool' (see the file 'packages' beside this script)"; done; }
root_only() { [ "$(id -u)" = 0 ] || die "run as root"; }

# parse_args "$@"   sets CMD, LAB, CACHE and STATE; ARGS gets the other arguments
parse_args() {
  CMD=; LAB=${CRASHCART_LAB_DIR:-/tmp/crashcart-lab}
  while [ $# -gt 0 ]; do
    case $1 in
      up|down|status|build|purge|break|repair) [ -z "$CMD" ] && CMD=$1 || ARGS+=("$1") ;;
      --dir) LAB=${2:?--dir needs a path}; shift ;;
      --dir=*) LAB=${1#--dir=} ;;
      *) ARGS+=("$1") ;;
    esac
    shift
  done
  [ -n "$CMD" ] || die "usage: lab-$LABNAME.sh up|down|status|build|purge${FAULTS:+|break FAULT…|repair [FAULT…]} [--dir DIR] [options]"
  case $LAB in /*) ;; *) LAB=$PWD/$LAB ;; esac
  STATE=$LAB/$LABNAME; CACHE=${CRASHCART_LAB_CACHE:-$LAB/cache}
  mkdir -p "$STATE" "$CACHE" || die "cannot write below $LAB and $CACHE"
}

# one_at_a_time   takes the lock of the lab until the script ends. Daemons must not inherit its file descriptor 9.
one_at_a_time() { exec 9>"$STATE/lock"; flock -w 600 9 || die "another $LABNAME lab command has held $STATE/lock for 10 min"; }

# wait_for SECONDS 'condition' command…   retries the command every 0.2 s; fails early when the daemon $WHILE_ALIVE exits
wait_for() {
  local limit=$1 what=$2 end; shift 2
  end=$(($(date +%s) + limit))
  until "$@" >/dev/null 2>&1; do
    if [ -n "${WHILE_ALIVE:-}" ] && ! alive "$WHILE_ALIVE"; then say "$WHILE_ALIVE ended while waiting for: $what" >&2; return 1; fi
    if [ "$(date +%s)" -ge "$end" ]; then say "timed out after $limit s: $what" >&2; return 1; fi
    sleep 0.2
  done
}

# Subreaper of a daemon's orphans, which stay zombies where PID 1 is not an init. Perl is in every Debian; 157 is prctl(2),
# 36 PR_SET_CHILD_SUBREAPER.
REAPER='syscall(157, 36, 1, 0, 0, 0) == 0 or die "prctl(PR_SET_CHILD_SUBREAPER): $!"; my $f = shift; my $p = fork;
  if (!$p) { syscall(157, 36, 0, 0, 0, 0); exec @ARGV or die "exec @ARGV: $!" }
  open my $h, ">", "$f.tmp" or die; print $h "$p\n"; close $h; rename "$f.tmp", $f; $0 = "lab-reaper $ARGV[0]"; 1 while wait != -1'

# spawn NAME command…   starts a daemon in a new session; pid in $STATE/NAME.pid, output in $STATE/NAME.log
spawn() {
  local name=$1; shift
  if alive "$name"; then return 0; fi
  rm -f "$STATE/$name.pid"
  setsid perl -e "$REAPER" "$STATE/$name.pid" "$@" </dev/null >>"$STATE/$name.log" 2>&1 9>&- &
  wait_for 5 "$name to start" test -s "$STATE/$name.pid"
}
pid_of() { cat "$STATE/$1.pid" 2>/dev/null; }
# alive NAME   whether the daemon's pid exists, is not a zombie and was not reused by another process
alive() {
  local pid; pid=$(pid_of "$1") && [ -n "$pid" ] && [ -r "/proc/$pid/stat" ] &&
    ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null && grep -qa "$LAB" "/proc/$pid/cmdline" 2>/dev/null
}
not_alive() { ! alive "$1"; }
# reap NAME [SECONDS]   ends a daemon of spawn: TERM, wait, KILL
reap() {
  local name=$1 limit=${2:-10} pid
  pid=$(pid_of "$name") || return 0
  if alive "$name"; then
    kill -TERM "$pid" 2>/dev/null
    wait_for "$limit" "$name (pid $pid) to stop" not_alive "$name" || { kill -KILL "$pid" 2>/dev/null; wait_for 5 "$name to die" not_alive "$name"; }
  fi
  rm -f "$STATE/$name.pid"
}

# run_verb   calls the function of the verb. `break FAULT` calls break_FAULT, `repair FAULT` repair_FAULT (a dash becomes _).
# $STATE/broken holds the faults in force, which `repair` without arguments repairs. FAULTS lists the faults of a lab.
run_verb() {
  local fault; root_only
  case $CMD in
    break)
      [ "${#ARGS[@]}" -gt 0 ] || die "break what? one of: $FAULTS"
      one_at_a_time; mkdir -p "$STATE/broken"
      for fault in "${ARGS[@]}"; do
        case " $FAULTS " in *" $fault "*) ;; *) die "no fault '$fault' here, there are: $FAULTS" ;; esac
        : >"$STATE/broken/$fault"; "break_${fault//-/_}" || die "could not break: $fault"
        say "broken: $fault"
      done ;;
    repair)
      one_at_a_time; [ "${#ARGS[@]}" -gt 0 ] || mapfile -t ARGS < <(broken)
      for fault in ${ARGS[@]+"${ARGS[@]}"}; do
        case " $FAULTS " in *" $fault "*) ;; *) die "no fault '$fault' here, there are: $FAULTS" ;; esac
        "repair_${fault//-/_}" || die "could not repair: $fault"
        rm -f "$STATE/broken/$fault"; say "repaired: $fault"
      done ;;
    *) "$CMD" ;;
  esac
}
# broken   the faults in force, stopped and frozen daemons first, because the other repairs need the daemons
broken() { ls "$STATE/broken" 2>/dev/null | awk '{ print (/daemon|frozen-qemu/ ? 0 : 1), $0 }' | sort | cut -d' ' -f2; }

# with_systemd   whether systemd is the init: the daemons are units then, else processes of spawn
with_systemd() { [ -d /run/systemd/system ]; }
# of_systemd UNIT   the pid of the unit's main process
of_systemd() { systemctl show -p MainPID --value "$1" | grep -v '^0$'; }
# remove_cgroups GLOB…   removes empty cgroups of every hierarchy (v1) and the unified one (v2)
remove_cgroups() {
  local glob folder
  for glob in "$@"; do for folder in /sys/fs/cgroup/$glob /sys/fs/cgroup/*/$glob; do
    [ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
  done; done
}
# unmount_below FOLDER
unmount_below() {
  local mount
  for mount in $(awk -v d="$1/" 'index($2 "/", d) == 1 { print $2 }' /proc/mounts | sort -r); do umount -l "$mount" 2>/dev/null; done
}
# busybox_root FOLDER   writes a root file system with busybox alone, for the containers of the labs
busybox_root() {
  local root=$1 busybox; rm -rf "$root"; mkdir -p "$root"/{bin,sbin,etc,tmp,root,proc,sys,dev,run,var,www}
  busybox=$(dpkg -L busybox-static 2>/dev/null | grep -x '/bin/busybox') || die "busybox-static is not installed"
  cp "$busybox" "$root/bin/busybox"
  # One process in the place of hundreds: a fork is slow in a guest without KVM.
  "$busybox" --list | grep -vx busybox | perl -lne 'BEGIN { $to = shift } symlink "busybox", "$to/$_"' "$root/bin"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"; printf 'root:x:0:\n' >"$root/etc/group"
  printf 'ID=busybox\nPRETTY_NAME="Lab BusyBox"\n' >"$root/etc/os-release"
}
# bare_root SUITE [NAME PACKAGE,…]   sets BASE to the root of a minimal Debian in the cache, with these packages, built once by debootstrap
# from this machine's mirror
bare_root() {
  local mirror suite=$1 name=${2:-} more=${3:-}; root_only; need debootstrap
  BASE=$CACHE/bare-$suite${name:+-$name}
  [ -s "$BASE/etc/debian_version" ] && return 0
  mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" | head -n 1)
  rm -rf "$BASE" "$BASE.tmp"; mkdir -p "$CACHE/debs"
  debootstrap --variant=minbase ${more:+"--include=$more"} --cache-dir="$CACHE/debs" "$suite" "$BASE.tmp" "$mirror" >"$STATE/$suite.log" 2>&1 || return 1
  rm -rf "$BASE.tmp"/var/cache/apt/archives/*.deb "$BASE.tmp"/var/lib/apt/lists/*
  mv "$BASE.tmp" "$BASE"
}
