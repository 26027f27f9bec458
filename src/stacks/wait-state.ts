import type { Stack } from './stack.ts';

/** Where a thread was: on a CPU (or runnable), or off it with the reason. */
export type WaitState = 'cpu' | 'io' | 'lock' | 'network' | 'pipe' | 'sleep' | 'child' | 'stopped' | 'other' | 'events';

/** States in the order of a triage, each with its words on the screen. */
export const waitStates: Readonly<Record<WaitState, string>> = {
  cpu: 'on CPU',
  io: 'disk I/O, off CPU',
  lock: 'lock, off CPU',
  network: 'socket, off CPU',
  pipe: 'pipe, off CPU',
  sleep: 'sleep, off CPU',
  child: 'child process, off CPU',
  stopped: 'stopped, off CPU',
  other: 'other wait, off CPU',
  events: 'idle, off CPU',
};

type Rule = readonly [WaitState, RegExp];

/** Kernel functions that a wait is recognised by, the special ones first. */
const KERNEL: readonly Rule[] = [
  [
    'events',
    /^(?:ep_poll|do_epoll_|do_poll\b|do_sys_poll|do_select|core_sys_select|poll_schedule_timeout|io_cqring_wait|read_events|eventfd_read|signalfd_|inotify_read|fuse_dev_do_read|kthreadd$|worker_thread|smpboot_thread_fn|rcu_gp_kthread|kthread_worker_fn|do_sigtimedwait|n_tty_read)/,
  ],
  ['child', /^(?:do_wait|kernel_wait4|wait_consider_task)/],
  [
    'network',
    /^(?:inet_csk_accept|sk_wait_data|sk_stream_wait_|tcp_recvmsg|tcp_sendmsg|inet_stream_connect|unix_(?:stream|dgram|wait|accept)|_*skb_wait_for_more_packets|_*skb_recv_datagram|wait_woken|netlink_recvmsg|vhost_|tun_)/,
  ],
  ['pipe', /^(?:anon_pipe_|pipe_|fifo_open|wait_for_partner)/],
  [
    'lock',
    /^(?:_*futex_|do_futex|_*mutex_lock|rwsem_|_*down(?:_|$)|rt_mutex|_*rt_mutex|percpu_down|_*percpu_down|locks_lock_|flock_lock|fcntl_setlk|posix_lock|do_semtimedop|semtimedop)/,
  ],
  [
    'sleep',
    /^(?:hrtimer_nanosleep|do_nanosleep|common_nsleep|clock_nanosleep|_*x64_sys_pause|sys_pause|do_sys_pause|sigsuspend|do_sigsuspend|msleep|usleep_range)/,
  ],
  [
    'io',
    /^(?:io_schedule|folio_wait|_*folio_lock|wait_on_page|_*lock_page|wait_on_buffer|_*wait_on_buffer|wait_on_bit|bit_wait_io|blk_|blkdev_|submit_bio_wait|rq_qos_wait|wbt_wait|jbd2_|ext4_|xfs_|xlog_|btrfs_|nfs4?_|rpc_wait_bit|cifs_|ceph_|_*iomap_|do_blockdev_direct|balance_dirty_pages|fuse_|request_wait_answer|sync_inodes|sync_filesystem|dm_|md_|raid)/,
  ],
];

/** Functions of user space in which a thread waits for work: its futex guards nothing. */
const IDLE =
  /^(?:_*pthread_cond_|_*futex_abstimed_wait|_*new_sem_wait|sem_wait|sem_timedwait|sem_clockwait)|^(?:threading\.)?Condition\.wait$/;

/** Words of Go's runtime (`waitReasonStrings`, runtime2.go) and of asyncio. */
const RUNTIME: readonly Rule[] = [
  ['cpu', /^(?:running|runnable|copystack)/],
  ['network', /^IO wait/],
  ['sleep', /^sleep/],
  ['lock', /^(?:semacquire|sync\.|lock wait|wait for GC cycle)/],
  [
    'events',
    /^(?:chan|select|GC|finalizer|force gc|idle|timer goroutine|bgsweep|bgscavenge|debug call|pending|waiting|(?:event|queue|task) wait)/,
  ],
];

const matched = (rules: readonly Rule[], text: string): WaitState | undefined =>
  rules.find(([, pattern]) => pattern.test(text))?.[0];

/** How many frames are looked at: the reason of a wait is among the innermost ones. */
const INNERMOST = 24;

/** State of a thread, by its letter, its wait channel and its innermost frames. */
export function waitStateOf({ state, wchan, frames }: Pick<Stack, 'state' | 'wchan' | 'frames'>): WaitState {
  if (state.length > 1) return matched(RUNTIME, state) ?? 'other';
  if (state === 'R') return 'cpu';
  if (state === 'T' || state === 't') return 'stopped';
  const innermost = frames.slice(0, INNERMOST);
  const kernel = innermost.flatMap(({ kind, name }) => (kind === 'kernel' && name !== undefined ? [name] : []));
  const known = [...(wchan === undefined ? [] : [wchan]), ...kernel].flatMap((name) => matched(KERNEL, name) ?? [])[0];
  if (known === 'lock')
    return isIdle(innermost, [...(wchan === undefined ? [] : [wchan]), ...kernel]) ? 'events' : 'lock';
  if (known !== undefined) return known;
  return state === 'D' ? 'io' : state === 'I' ? 'events' : 'other';
}

/** Whether a futex is that of a condition variable or a semaphore. */
const isIdle = (frames: Stack['frames'], kernel: readonly string[]): boolean =>
  kernel.some((name) => /futex/.test(name)) &&
  frames.some(({ kind, name = '' }) => kind !== 'kernel' && IDLE.test(name));
