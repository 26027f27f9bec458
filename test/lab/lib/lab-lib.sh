# Shared by the lab scripts: source it, do not run it. The script sets LABNAME and ARGS=() first.
# State of a lab lies under --dir (CRASHCART_LAB_DIR, else /tmp/crashcart-lab), what took long to make under
# CRASHCART_LAB_CACHE (else there too). Daemons listen on loopback and unix sockets only.
set -u
KERNEL_META=${LAB_KERNEL_META:-linux-image-cloud-amd64}

say() { printf '%s: %s\n' "$LABNAME" "$*"; }
die() { printf '%s: error: %s\n' "$LABNAME" "$*" >&2; exit 1; }
need() { local tool; for tool in "$@"; do command -v "$tool" >/dev/null 2>&1 || die "missing command '$tool' (see the file 'packages' beside this script)"; done; }
root_only() { [ "$(id -u)" = 0 ] || die "run as root"; }

# parse_args "$@"   sets CMD, LAB, CACHE and STATE; the rest goes to ARGS
parse_args() {
  CMD=; LAB=${CRASHCART_LAB_DIR:-/tmp/crashcart-lab}
  while [ $# -gt 0 ]; do
    case $1 in
      up|down|status|build|purge) CMD=$1 ;;
      --dir) LAB=${2:?--dir needs a path}; shift ;;
      --dir=*) LAB=${1#--dir=} ;;
      *) ARGS+=("$1") ;;
    esac
    shift
  done
  [ -n "$CMD" ] || die "usage: lab-$LABNAME.sh up|down|status|build|purge [--dir DIR] [options]"
  case $LAB in /*) ;; *) LAB=$PWD/$LAB ;; esac
  STATE=$LAB/$LABNAME; CACHE=${CRASHCART_LAB_CACHE:-$LAB/cache}
  mkdir -p "$STATE" "$CACHE" || die "cannot write below $LAB and $CACHE"
}

# one_at_a_time   two callers wait for each other, for as long as this script runs. Daemons must not inherit the lock.
one_at_a_time() { exec 9>"$STATE/lock"; flock -w 600 9 || die "another $LABNAME lab command has held $STATE/lock for 10 min"; }

# wait_for SECONDS 'what' command…   bounded wait in steps of 0.2 s; ends early when the daemon $WHILE_ALIVE has gone
wait_for() {
  local limit=$1 what=$2 end; shift 2
  end=$(($(date +%s) + limit))
  until "$@" >/dev/null 2>&1; do
    if [ -n "${WHILE_ALIVE:-}" ] && ! alive "$WHILE_ALIVE"; then say "$WHILE_ALIVE ended while waiting for: $what" >&2; return 1; fi
    if [ "$(date +%s)" -ge "$end" ]; then say "timed out after $limit s: $what" >&2; return 1; fi
    sleep 0.2
  done
}

# A subreaper: where PID 1 is not a real init, orphans of a daemon would stay zombies for ever. Perl is in every Debian;
# 157 is prctl(2), 36 PR_SET_CHILD_SUBREAPER.
REAPER='syscall(157, 36, 1, 0, 0, 0) == 0 or die "prctl(PR_SET_CHILD_SUBREAPER): $!"; my $f = shift; my $p = fork;
  if (!$p) { syscall(157, 36, 0, 0, 0, 0); exec @ARGV or die "exec @ARGV: $!" }
  open my $h, ">", "$f.tmp" or die; print $h "$p\n"; close $h; rename "$f.tmp", $f; $0 = "lab-reaper $ARGV[0]"; 1 while wait != -1'

# spawn NAME command…   starts a daemon in a session of its own; pid in $STATE/NAME.pid, output in $STATE/NAME.log
spawn() {
  local name=$1; shift
  if alive "$name"; then return 0; fi
  rm -f "$STATE/$name.pid"
  setsid perl -e "$REAPER" "$STATE/$name.pid" "$@" </dev/null >>"$STATE/$name.log" 2>&1 9>&- &
  wait_for 5 "$name to start" test -s "$STATE/$name.pid"
}
pid_of() { cat "$STATE/$1.pid" 2>/dev/null; }
# alive NAME   its pid exists, is no zombie and is no later process with the same number
alive() {
  local pid; pid=$(pid_of "$1") && [ -n "$pid" ] && [ -r "/proc/$pid/stat" ] &&
    ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null && grep -qa "$LAB" "/proc/$pid/cmdline" 2>/dev/null
}
not_alive() { ! alive "$1"; }
# reap NAME [SECONDS]   TERM, bounded wait, KILL; only ever the pid that spawn wrote down
reap() {
  local name=$1 limit=${2:-10} pid
  pid=$(pid_of "$name") || return 0
  if alive "$name"; then
    kill -TERM "$pid" 2>/dev/null
    wait_for "$limit" "$name (pid $pid) to stop" not_alive "$name" || { kill -KILL "$pid" 2>/dev/null; wait_for 5 "$name to die" not_alive "$name"; }
  fi
  rm -f "$STATE/$name.pid"
}

# guest_kernel   unpacks Debian's cloud kernel once; sets KERNEL (file), KREL (release) and KMOD (folder of modules)
guest_kernel() {
  local home=$CACHE/kernel package
  if [ ! -s "$home/release" ]; then
    package=$(apt-cache depends "$KERNEL_META" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\).*/\1/p' | head -1)
    [ -n "$package" ] || die "no kernel behind $KERNEL_META (run apt-get update)"
    rm -rf "$home.tmp"; mkdir -p "$home.tmp/x"
    (cd "$home.tmp" && apt-get -qq -o Acquire::Retries=3 download "$package" && dpkg -x "$package"_*.deb x) >"$STATE/kernel.log" 2>&1 || die "cannot fetch $package, see $STATE/kernel.log"
    cp "$home.tmp"/x/boot/vmlinuz-* "$home.tmp/vmlinuz"
    mv "$home.tmp/x/lib/modules" "$home.tmp/modules"; ls "$home.tmp/modules" >"$home.tmp/release"
    rm -rf "$home.tmp/x" "$home.tmp"/*.deb "$home"; mv "$home.tmp" "$home"
  fi
  KERNEL=$home/vmlinuz; KREL=$(cat "$home/release"); KMOD=$home/modules/$KREL
}

# initramfs_of DIR FILE MODULES   packs busybox, these modules in this order and DIR/init (written by the caller) into FILE
initramfs_of() {
  local dir=$1 file=$2 modules=$3 module found busybox
  mkdir -p "$dir"/{bin,proc,sys,dev,lib/modules,newroot}
  busybox=$(dpkg -L busybox-static 2>/dev/null | grep -x '/bin/busybox') || die "busybox-static is not installed"
  cp "$busybox" "$dir/bin/busybox"; : >"$dir/lib/modules/order"
  for module in $modules; do
    found=$(find "$KMOD" -name "$module.ko" | head -1)
    if [ -n "$found" ]; then cp "$found" "$dir/lib/modules/"; echo "$module" >>"$dir/lib/modules/order"; fi
  done
  (cd "$dir" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$file.tmp" && mv "$file.tmp" "$file"
}
