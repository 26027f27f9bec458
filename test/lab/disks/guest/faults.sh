# What lab-disks.sh runs in the guest: make | break FAULT | repair FAULT
# /srv/mirror ext4 on md0 (vdb vdc) · /srv/thin ext4 on a thin volume of vg0 (vdd) · /srv/db ext4 on dm db (vde) · /srv/btr btrfs
# RAID1 (vdf vdg) · /srv/logs xfs on dm logs (vdh) · /srv/lun ext4 on multipath mpatha (vdi vdj) · /srv/old ext4 on a SCSI disk
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
sectors() { blockdev --getsz "$1"; }
table() { dmsetup suspend --noflush --nolockfs "$1" && dmsetup load "$1" --table "$2" && dmsetup resume "$1"; }
linear() { table "$1" "0 $(sectors "$2") linear $2 0"; }
# unit NAME [-p PROPERTY] command…   in the background, in place of one of this name
unit() { local name=$1; shift; systemctl -q stop "$name" 2>/dev/null; systemd-run -q -G --unit="$name" "$@"; }
writer() { unit lab-writer python3 -c 'import os, sys, time
file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o600)
while True:
    try: os.pwrite(file, b"x" * 4096, 0); os.fsync(file)
    except OSError: pass
    time.sleep(0.02)' "$1"; }
quiet() { systemctl -q kill -s KILL lab-writer 2>/dev/null; timeout 5 systemctl -q stop lab-writer 2>/dev/null; :; }
# remounted POINT DEVICE TYPE [OPTIONS]
remounted() { umount "$1" 2>/dev/null || umount -l "$1" 2>/dev/null; [ "$3" != ext4 ] || e2fsck -fy "$2" >/dev/null 2>&1; mount -t "$3" -o "${4:-rw}" "$2" "$1"; }
ext4() { mkfs.ext4 -q -F -E lazy_itable_init=0,nodiscard "$1" && mkdir -p "$2" && mount -o "${3:-rw}" "$1" "$2"; }

make_btrfs() { mkfs.btrfs -q -f -d raid1 -m raid1 /dev/vdf /dev/vdg >/dev/null && mkdir -p /srv/btr && mount /dev/vdf /srv/btr; }
partner() {
  ip -n switch link del bond1 2>/dev/null
  [ "$1" = none ] || ip -n switch link add bond1 type bond mode 802.3ad miimon 100 lacp_rate fast || return 1
  local port; for port in p1 p2; do
    if [ "$1" != none ]; then ip -n switch link set "$port" down; ip -n switch link set "$port" master bond1; fi
    ip -n switch link set "$port" up
  done
  [ "$1" = none ] || ip -n switch link set bond1 up
}
make_network() {
  local port; ip netns add switch && ip link add bond0 type bond mode 802.3ad miimon 100 lacp_rate fast || return 1
  for port in 1 2; do ip link add "port$port" type veth peer name "p$port" netns switch && ip link set "port$port" master bond0 || return 1; done
  partner lacp && ip addr add 10.77.0.1/24 dev bond0 && ip link set bond0 up && ip link add vx42 type vxlan id 42 local 10.77.0.1 remote 10.77.0.2 dstport 4789 dev bond0 &&
    ip link set vx42 mtu 1450 up
}
make() {
  sysctl -q kernel.hung_task_timeout_secs=10 kernel.hung_task_warnings=1000
  modprobe -a raid1 dm-delay dm-flakey dm-multipath dm-round-robin && modprobe bonding max_bonds=0 && modprobe dm-thin-pool no_space_timeout=0 && modprobe scsi_debug dev_size_mb=32 delay=0 || return 1
  mdadm -q --create /dev/md0 --run --level=1 --raid-devices=2 --size=65536 --assume-clean --bitmap=none /dev/vdb /dev/vdc 2>/dev/null && ext4 /dev/md0 /srv/mirror || return 2
  vgcreate -qq vg0 /dev/vdd && lvcreate -qq -y -Zn --monitor n --type thin-pool -L 64M -n pool vg0 && lvcreate -qq -y --monitor n -V 256M -T vg0/pool -n thin && ext4 /dev/vg0/thin /srv/thin || return 3
  dmsetup create db --table "0 $(sectors /dev/vde) linear /dev/vde 0" && ext4 /dev/mapper/db /srv/db errors=remount-ro || return 4
  make_btrfs || return 5
  dmsetup create logs --table "0 $(sectors /dev/vdh) linear /dev/vdh 0" && mkfs.xfs -q -f /dev/mapper/logs && mkdir -p /srv/logs && mount /dev/mapper/logs /srv/logs || return 6
  dmsetup create mpatha --uuid mpath-360000000000000001 --table "0 $(sectors /dev/vdi) multipath 1 queue_if_no_path 0 1 1 round-robin 0 2 1 /dev/vdi 1 /dev/vdj 1" && ext4 /dev/mapper/mpatha /srv/lun || return 7
  udevadm settle; ext4 /dev/sda /srv/old || return 8
  make_network || return 9
}

break_md() { mdadm -q --fail /dev/md0 /dev/vdc; }
break_rebuild() { sysctl -q dev.raid.speed_limit_min=100 dev.raid.speed_limit_max=200; mdadm -q --fail /dev/md0 /dev/vdc && mdadm -q --remove /dev/md0 /dev/vdc && mdadm --zero-superblock /dev/vdc && mdadm -q --add /dev/md0 /dev/vdc; }
repair_md() {
  sysctl -q dev.raid.speed_limit_min=100000 dev.raid.speed_limit_max=1000000
  if ! grep -q 'recovery\|\[UU\]' /proc/mdstat; then mdadm -q --remove /dev/md0 /dev/vdc; mdadm --zero-superblock /dev/vdc; mdadm -q --add /dev/md0 /dev/vdc || return 1; fi
  mdadm -q --wait /dev/md0; grep -q '\[UU\]' /proc/mdstat
}
repair_rebuild() { repair_md; }
break_io_error() { writer /srv/db/log; table db "0 $(sectors /dev/vde) error"; }
repair_io_error() { linear db /dev/vde; quiet; remounted /srv/db /dev/mapper/db ext4 errors=remount-ro; }
break_slow() { writer /srv/db/log; table db "0 $(sectors /dev/vde) delay /dev/vde 0 300"; }
repair_slow() { linear db /dev/vde; quiet; }
break_thin() { unit lab-writer dd if=/dev/zero of=/srv/thin/fill bs=1M count=240 oflag=direct; }
# The writer is killed first, else it fills the new space, too.
repair_thin() { systemctl -q kill -s KILL lab-writer 2>/dev/null; lvextend -qq --config activation/monitoring=0 -L +64M vg0/pool && quiet && rm -f /srv/thin/fill && fstrim /srv/thin; }
# Flipped bytes in one half of the mirror, none in a superblock (64 MiB); a scrub reads both and repairs.
break_btrfs() {
  dd if=/dev/urandom of=/srv/btr/data bs=1M count=48 status=none && sync -f /srv/btr && python3 -c 'disk = open("/dev/vdg", "r+b", buffering=0)
for place in range(65 << 19, 320 << 20, 1 << 20): disk.seek(place); disk.write(b"ROT." * 1024)' && blockdev --flushbufs /dev/vdg; btrfs scrub start -B /srv/btr >/dev/null; :
}
repair_btrfs() { umount /srv/btr && make_btrfs; }
# A disk that answers no request from the table load on: 0 s up, 600 s down.
break_xfs() { table logs "0 $(sectors /dev/vdh) flakey /dev/vdh 0 0 600"; dd if=/dev/zero of=/srv/logs/log bs=64k count=4 conv=fsync status=none 2>/dev/null; :; }
repair_xfs() { linear logs /dev/vdh && remounted /srv/logs /dev/mapper/logs xfs; }
break_path() { dmsetup message mpatha 0 "fail_path /dev/vdj"; }
repair_path() { dmsetup message mpatha 0 "reinstate_path /dev/vdj"; }
# scsi_debug has its medium errors at sector 0x1234.
break_medium() { echo 2 >/sys/bus/pseudo/drivers/scsi_debug/opts; dd if=/dev/sda of=/dev/null bs=512 skip=4660 count=1 iflag=direct status=none 2>/dev/null; :; }
repair_medium() { echo 0 >/sys/bus/pseudo/drivers/scsi_debug/opts; }
break_hung() { writer /srv/db/log; dmsetup suspend --noflush --nolockfs db; }
repair_hung() { dmsetup resume db; quiet; }
break_nfs() {
  mkdir -p /srv/nas /mnt/nas && systemctl start nfs-server && mount -t nfs4 -o hard,timeo=20,retrans=2 127.0.0.1:/ /mnt/nas || return 1
  writer /mnt/nas/log; sleep 2; rpc.nfsd 0
}
repair_nfs() { quiet; rpc.nfsd 2 && umount -l /mnt/nas; systemctl stop nfs-server; }
hog='import sys
held = []
while True: held.append(b"x" * (8 << 20))'
break_oom_unit() { unit lab-hog -p MemoryMax=48M -p MemorySwapMax=0 python3 -c "$hog"; }
break_oom_host() { unit lab-eater -p OOMScoreAdjust=900 python3 -c "$hog"; }
repair_oom_unit() { :; }
repair_oom_host() { :; }
break_link() { ip -n switch link set p2 down; }
repair_link() { ip -n switch link set p2 up; }
break_lacp() { partner none; }
repair_lacp() { partner lacp; }
break_mtu() { ip link set bond0 mtu 1400; }
repair_mtu() { ip link set bond0 mtu 1500; }

case $1 in make) make ;; *) "$1_${2//-/_}" ;; esac
