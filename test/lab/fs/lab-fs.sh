#!/usr/bin/env bash
# lab-fs.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# ext4, xfs and btrfs on loop devices of this machine below DIR/fs, and a FUSE filesystem whose program stops to reply.
# Faults: full, inodes, fs-error (stays rw), read-only (errors=remount-ro), shutdown (xfs), bitrot (btrfs), hang (FUSE, 300 s),
# frozen (fsfreeze with a writer), filling (a file that grows), deleted (a deleted file that is open).
LABNAME=fs; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="full inodes fs-error read-only shutdown bitrot hang frozen filling deleted"
parse_args "$@"
mounted() { grep -q " $STATE/$1 " /proc/self/mountinfo; }
device() { findmnt -lno TARGET,SOURCE | awk -v t="$STATE/$1" '$1 == t { print $2 }'; }
# make NAME TYPE [mkfs options…]
make() {
  local name=$1 type=$2; shift 2
  mounted "$name" && return 0
  rm -f "$STATE/$name.img"; mkdir -p "$STATE/$name"; truncate -s 320M "$STATE/$name.img" && "mkfs.$type" -q "$@" "$STATE/$name.img" && mount -o loop "$STATE/$name.img" "$STATE/$name"
}
remake() { local name=$1; umount "$STATE/$name" 2>/dev/null || umount -l "$STATE/$name" 2>/dev/null; make "$@"; }
# The kernel's own fault: /sys/fs/ext4/DEV/trigger_fs_error.
trigger() { echo "crashcart lab" >"/sys/fs/ext4/$(basename "$(device "$1")")/trigger_fs_error"; }
python() { spawn "$1" /usr/bin/python3 -c "$2" "$STATE" "${@:3}"; }

up() {
  need mkfs.ext4 mkfs.xfs fsfreeze findmnt python3; one_at_a_time; chmod 711 "$STATE"
  make ext4 ext4 -F -N 600 -e continue && make strict ext4 -F && make xfs xfs -f && make data ext4 -F || die "cannot mount on loop devices"
  ! command -v mkfs.btrfs >/dev/null || make btrfs btrfs -f || die "cannot mount btrfs"
  say "up"
}
down() {
  one_at_a_time; ! mounted data || fsfreeze -u "$STATE/data" 2>/dev/null
  local name; for name in hung writer grow holder; do reap "$name"; done
  for name in hung ext4 strict xfs data btrfs; do mounted "$name" && { umount "$STATE/$name" 2>/dev/null || umount -l "$STATE/$name"; }; rm -f "$STATE/$name.img"; done
  rm -rf "$STATE/broken"; say "down"
}
status() { mounted ext4 && mounted xfs && say "up" || { say "down"; return 1; }; }

break_full() { dd if=/dev/zero of="$STATE/xfs/fill" bs=1M status=none 2>/dev/null; :; }
repair_full() { rm -f "$STATE/xfs/fill"; sync -f "$STATE/xfs"; }
break_inodes() { python3 -c 'import itertools, os, sys
os.makedirs(sys.argv[1], exist_ok=True)
try:
    for number in itertools.count(): open("%s/%d" % (sys.argv[1], number), "w").close()
except OSError: pass' "$STATE/ext4/many"; }
repair_inodes() { rm -rf "$STATE/ext4/many"; }
break_fs_error() { trigger ext4; }
repair_fs_error() { remake ext4 ext4 -F -N 600 -e continue; }
break_read_only() { mount -o remount,errors=remount-ro "$STATE/strict" && trigger strict; }
repair_read_only() { remake strict ext4 -F; }
# XFS_IOC_GOINGDOWN without a flush of the log.
break_shutdown() { python3 -c 'import fcntl, os, struct, sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))' "$STATE/xfs"; }
repair_shutdown() { remake xfs xfs -f; }
break_bitrot() {
  dd if=/dev/urandom of="$STATE/btrfs/data" bs=1M count=100 status=none && sync -f "$STATE/btrfs" && python3 -c 'import sys
image = open(sys.argv[1], "r+b")
for offset in range(60 << 20, 200 << 20, 8 << 20): image.seek(offset); image.write(b"ROT" * 1400)' "$STATE/btrfs.img"
  echo 1 >/proc/sys/vm/drop_caches; dd if="$STATE/btrfs/data" of=/dev/null iflag=direct bs=1M status=none 2>/dev/null; :
}
repair_bitrot() { remake btrfs btrfs -f; }
break_hang() { mkdir -p "$STATE/hung"; spawn hung /usr/bin/python3 "$HERE/hung-fuse.py" "$STATE/hung" 300 && wait_for 5 'the FUSE mount' mounted hung; }
repair_hang() { reap hung 3; ! mounted hung || umount -l "$STATE/hung"; }
break_frozen() {
  rm -f "$STATE/data/log"; python writer 'import sys, time
file = open(sys.argv[1] + "/data/log", "a", buffering=1)
while True: file.write("x\n"); time.sleep(0.1)' && wait_for 5 'the writer' test -s "$STATE/data/log" && fsfreeze -f "$STATE/data"
}
repair_frozen() { fsfreeze -u "$STATE/data" 2>/dev/null; reap writer; }
break_filling() { python grow 'import sys, time
file = open(sys.argv[1] + "/data/grows", "wb", buffering=0)
while True: file.write(b"x" * (512 << 10)); time.sleep(0.5)'; }
repair_filling() { reap grow; rm -f "$STATE/data/grows"; }
break_deleted() { python holder 'import os, sys, time
file = open(sys.argv[1] + "/strict/gone", "wb", buffering=0); file.write(b"x" * (64 << 20)); os.unlink(sys.argv[1] + "/strict/gone"); time.sleep(1e6)'; }
repair_deleted() { reap holder; }

run_verb
