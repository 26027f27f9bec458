#!/usr/bin/perl
# Container without an engine: a process in new namespaces with a separate root directory, capabilities and users.
# usage: container.pl ROOT own-users|host-users CAPABILITIES(hex) UID program… ; ends with its program
use strict;
use warnings;
my ($root, $users, $kept, $uid, @program) = @ARGV;
my %call = (prctl => 157, pivot_root => 155, umount2 => 166, unshare => 272);    # x86-64, asm/unistd_64.h
sub call { my ($name, @words) = @_; syscall($call{$name}, @words) == 0 or die "$name: $!\n" }

# mnt, uts, ipc, net, pid, cgroup
my $spaces = 0x20000 | 0x4000000 | 0x8000000 | 0x40000000 | 0x20000000 | 0x2000000;
if ($users eq 'own-users') {
  pipe(my $ready, my $tell) or die;
  my $me = $$;
  my $mapper = fork;
  if (!$mapper) {    # ids of a new user namespace are written from outside
    close $tell; sysread $ready, my $byte, 1;
    for my $map (qw(uid_map gid_map)) { open my $file, '>', "/proc/$me/$map" or die "$map: $!"; print $file "0 100000 65536\n"; close $file or die "$map: $!" }
    exit 0;
  }
  call('unshare', $spaces | 0x10000000);
  syswrite $tell, '.'; waitpid $mapper, 0;
  $( = 0; $) = '0 0'; $< = 0; $> = 0;
} else { call('unshare', $spaces) }
my $first = fork;
if ($first) { waitpid $first, 0; exit }
system('sh', '-ec', 'mount --make-rprivate / && mount --rbind "$0" "$0" && cd "$0" && mount -t proc proc proc && mount -t tmpfs dev dev &&
  mkdir dev/pts && mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts && ln -s pts/ptmx dev/ptmx &&
  for device in null zero; do touch dev/$device; mount --bind /dev/$device dev/$device; done; hostname inside', $root) == 0 or die "mounts\n";
chdir $root or die; call('pivot_root', '.', '.'); call('umount2', '.', 2); chdir '/';
for my $number (0 .. 40) { call('prctl', 24, $number, 0, 0, 0) unless hex($kept) >> $number & 1 }
$) = "$uid $uid"; $( = $uid; $< = $uid; $> = $uid;
exec { $program[0] } @program or die "$program[0]: $!\n";
