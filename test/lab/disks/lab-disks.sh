#!/bin/bash
# lab-disks.sh up|down|status|build|purge|break FAULT…|repair [FAULT…] [--dir DIR] [--port 2324]
# Debian 12 host in QEMU without KVM, with real md, device-mapper, LVM, btrfs, xfs, multipath, SCSI, NFS, bonding and vxlan of its kernel,
# and faults in them. What makes and breaks them is guest/faults.sh, which goes through ssh, so that the image stays as it is.
# Logins: see ../lib/lab-vm.sh;  ssh -F DIR/disks/ssh_config root@disks
LABNAME=disks; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-guest.sh"; . "$HERE/../lib/lab-vm.sh"; . "$HERE/image.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="md rebuild io-error slow thin btrfs xfs path medium hung nfs oom-unit oom-host link lacp mtu"
parse_args "$@"
PORT=2324; MEM_MIB=1024; CPUS=2
set -- ${ARGS[@]+"${ARGS[@]}"}; ARGS=()
while [ $# -gt 0 ]; do case $1 in --port) PORT=$2; shift;; *) ARGS+=("$1");; esac; shift; done
vm_image "$HERE/../lib/lab-guest.sh" "$HERE/image.sh"

# in_guest VERB [FAULT]
in_guest() { ssh -F "$STATE/ssh_config" "root@$LABNAME" bash -s "$@" <"$HERE/guest/faults.sh" 9>&-; }
for fault in $FAULTS; do eval "break_${fault//-/_}() { in_guest break $fault; }; repair_${fault//-/_}() { in_guest repair $fault; }"; done

# disk_options   disks b to h, each its own; i and j are two paths to one
disk_options() {
  local name
  truncate -s 384M "$STATE/empty.img"; rm -f "$STATE/lun.img"; truncate -s 64M "$STATE/lun.img"
  for name in b c d e f g h; do DISKS+=(-drive "file=$STATE/empty.img,format=raw,if=none,id=d$name,snapshot=on,cache=unsafe" -device "virtio-blk-pci,drive=d$name,serial=lab-$name"); done
  for name in i j; do DISKS+=(-drive "file=$STATE/lun.img,format=raw,if=none,id=d$name,cache=unsafe,file.locking=off" -device "virtio-blk-pci,drive=d$name,share-rw=on,serial=lab-lun"); done
}
up() {
  one_at_a_time; need qemu-system-x86_64 ssh; build; guest_kernel
  if alive qemu; then say "already up"; return 0; fi
  port_is_free; write_ssh_config; local begun=$SECONDS; DISKS=(); disk_options; rm -rf "$STATE/broken"
  # A model with few vector instructions: raid6 tries each kind for a time when btrfs is loaded.
  TMPDIR=$STATE spawn qemu qemu-system-x86_64 -name "$HOSTNAME_INSIDE,debug-threads=on" -M q35 -accel tcg,thread=multi,tb-size=256 -cpu Nehalem -m "$MEM_MIB" -smp "$CPUS" \
    -display none -nodefaults -no-user-config -no-reboot -serial "file:$STATE/console.log" \
    -kernel "$KERNEL" -initrd "$MADE/initrd.gz" -append "console=ttyS0 root=$DISK rw net.ifnames=1 panic=10 mitigations=off apparmor=0 no_timer_check quiet" \
    -drive "file=$IMG,format=raw,if=none,id=d0,snapshot=on,cache=unsafe" -device virtio-blk-pci,drive=d0 "${DISKS[@]}" \
    -netdev "user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:$PORT-:22" -device virtio-net-pci,netdev=n0,mac=52:54:00:4c:41:44 -device virtio-rng-pci
  await_guest qemu "$STATE/console.log" "$STATE/qemu.log"
  in_guest make || { down; die "the guest's disks could not be made"; }
  say "up in $((SECONDS - begun)) s: ssh -F $STATE/ssh_config root@disks"
}
status() {
  if alive qemu; then say "running, pid $(pid_of qemu), port $PORT"; guest 'uptime; lsblk; cat /proc/mdstat'
  else say "stopped$([ -s "$IMG" ] && echo ' (disk built)')"; fi
}
# down without a clean shutdown, because the disks are snapshots
down() { one_at_a_time; reap qemu 5; rm -rf "$STATE/broken" "$STATE/lun.img"; say "down"; }
run_verb
