/**
 * Commands of gdb for questions that come back, which read memory alone: no function of the process is called. What needs debug symbols
 * states so by gdb's own error. `help user-defined` lists them.
 */
export const recipes = String.raw`
define cc-mutex
  printf "owner (TID) %d, lock word %d, waiters or users %u\n", ((int*)($arg0))[2], ((int*)($arg0))[0], ((unsigned*)($arg0))[3]
end
document cc-mutex
cc-mutex ADDRESS: who holds a pthread_mutex_t, also a ceph::mutex, std::mutex or QemuMutex. glibc: lock, count, owner, users. No symbols needed.
end
define cc-rwlock
  printf "readers %u, writers waiting %u, writer (TID) %d\n", ((unsigned*)($arg0))[0] >> 3, ((unsigned*)($arg0))[1], ((int*)($arg0))[6]
end
document cc-rwlock
cc-rwlock ADDRESS: readers and writer of a pthread_rwlock_t of glibc 2.25 and later. No symbols needed.
end
define cc-heap
  printf "from the system %lu, mmapped %lu in %d pieces, arenas %lu\n", main_arena.system_mem, mp_.mmapped_mem, mp_.n_mmaps, narenas
  set $cc_arena = &main_arena
  set $cc_number = 0
  while $cc_number < 64
    printf "arena %d at %p: %lu bytes, peak %lu, top has %lu\n", $cc_number, $cc_arena, $cc_arena->system_mem, $cc_arena->max_system_mem, $cc_arena->top ? $cc_arena->top->mchunk_size & ~7 : 0
    set $cc_arena = $cc_arena->next
    set $cc_number = $cc_number + 1
    if $cc_arena == &main_arena
      set $cc_number = 64
    end
  end
end
document cc-heap
cc-heap: arenas of malloc in glibc with their sizes. Needs debug symbols of libc.
end
define cc-qemu
  cc-mutex &bql.lock
end
document cc-qemu
cc-qemu: who holds the big lock of QEMU 9.0 and later; before: cc-mutex &qemu_global_mutex.lock. Needs symbols of QEMU.
end
define cc-ovs
  printf "taken at %s\n", ((struct ovs_mutex*)($arg0))->where
  cc-mutex &((struct ovs_mutex*)($arg0))->lock
end
document cc-ovs
cc-ovs ADDRESS: place in the source that took an ovs_mutex, and its owner. Needs debug symbols of Open vSwitch.
end
`;
