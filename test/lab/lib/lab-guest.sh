# Shared by the labs that boot machines, sourced after lab-lib.sh: Debian's cloud kernel and small initramfs images.
KERNEL_META=${LAB_KERNEL_META:-linux-image-cloud-amd64}

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

# disk_initrd FOLDER MODULES   initrd.gz in FOLDER, which loads these drivers and goes on to the real root on /dev/vda
disk_initrd() {
  local dir=$STATE/initrd; rm -rf "$dir"; mkdir -p "$dir"
  cat >"$dir/init" <<'INIT'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for module in $($B cat /lib/modules/order); do $B insmod /lib/modules/$module.ko 2>/dev/null; done
i=0; while [ ! -b /dev/vda ] && [ $i -lt 100 ]; do $B sleep 0.1; i=$((i+1)); done
$B mount -t ext4 -o noatime /dev/vda /newroot || exec $B sh
$B umount /proc; $B umount /sys; $B mount -o move /dev /newroot/dev
exec $B switch_root /newroot /sbin/init
INIT
  chmod +x "$dir/init"; initramfs_of "$dir" "$1/initrd.gz" "$2"; rm -rf "$dir"
}

# agent_initrd   the initramfs of a guest that has no disk, with QEMU's guest agent (lab-kvm.sh), built once; sets INITRD, and KERNEL by guest_kernel
agent_initrd() {
  local dir=$STATE/initrd file guest=$HERE/../kvm/guest made
  made=$CACHE/kvm-$(cat "$guest"/* "$HERE/../lib/lab-guest.sh" | sha256sum | cut -c1-12); INITRD=$made/initrd.gz
  guest_kernel; [ -s "$INITRD" ] && return 0
  rm -rf "$dir" "$CACHE"/kvm-*; mkdir -p "$made" "$dir"/{lib64,lib/x86_64-linux-gnu,bin,etc,tmp,run,root}
  cp "$guest/init" "$dir/init"; cp "$(command -v qemu-ga)" "$dir/bin/"
  for file in $(ldd "$(command -v qemu-ga)" | grep -o '/[^ ]*'); do
    case $file in */ld-linux*) cp -L "$file" "$dir/lib64/" ;; *) cp -L "$file" "$dir/lib/x86_64-linux-gnu/" ;; esac
  done
  # virtio_ring comes before virtio.
  initramfs_of "$dir" "$INITRD" "virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net virtio_blk virtio_balloon virtio_console rng-core virtio-rng button"
  rm -rf "$dir"
}
