import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { symbolIn } from '../../src/tracers/conditions.ts';
import { failureOf } from '../../src/tracers/failure.ts';
import { FIND_PROGRAMS } from '../../src/tracers/find-programs.ts';
import { quantile } from '../../src/tracers/histogram.ts';
import { tracerOf, tracers } from '../../src/tracers/index.ts';
import { traceText } from '../../src/tracers/summary.ts';
import type { Family, TraceNames, TraceResult } from '../../src/tracers/tracer.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`../fixtures/tracers/recorded/${name}.txt`, import.meta.url), 'utf8');

const names: TraceNames = {
  disk: (majorMinor) => (majorMinor === '254:0' ? 'vda' : undefined),
  symbol: (event, field, value, nth) => symbolIn(recorded(`format-${event.replace('/', '_')}`), field, value, nth),
};

const programOf = (id: string, family: Family) =>
  tracerOf(id)?.programs.find((one) => one.family === family) ?? expect.fail(`no ${id} of ${family}`);

const parse = (id: string, family: Family, output: string): TraceResult => programOf(id, family).parse(output, names);

describe('outputs recorded on Linux 6.18', () => {
  test.each<readonly [string, Family, string]>([
    ['biolatency', 'libbpf-tools', 'vda: 5.4k values, p50 ≤ 31µs, p90 ≤ 127µs, p99 ≤ 511µs, max ≤ 1.0ms'],
    ['biolatency', 'bpftrace', 'vda: 4.0k values, p50 ≤ 31µs, p90 ≤ 127µs, p99 ≤ 511µs, max ≤ 1.0ms'],
    ['runqlat', 'libbpf-tools', '57k values, p50 ≤ 15µs, p90 ≤ 1.0ms, p99 ≤ 16ms, max ≤ 131ms'],
    ['runqlat', 'bpftrace', '52k values, p50 ≤ 15µs, p90 ≤ 1.0ms, p99 ≤ 8.2ms, max ≤ 1.0s'],
    ['hardirqs', 'libbpf-tools', 'Time by handler: virtio1-req.0 2.2ms; virtio3-tx 9µs; virtio3-rx 9µs'],
    ['softirqs', 'libbpf-tools', 'Time by handler: net_rx 29ms; rcu 17ms; block 12ms'],
    ['softirqs', 'bpftrace', 'Time by handler: net_rx 35ms; block 16ms; rcu 12ms'],
    [
      'wqlat',
      'bpftrace',
      'Work by function: blk_mq_requeue_work 1.0k 14µs; iomap_dio_complete_work 848 160µs; ext4_end_io_rsv_work 528 63µs',
    ],
    [
      'klockstat',
      'bpftrace',
      'Waits by stack: __pv_queued_spin_lock_slowpath < _raw_spin_lock < try_to_wake_up < wake_up_q < futex_wake < do_futex < __x64_sys_futex < do_syscall_64 1.2ms',
    ],
    [
      'skb-drops',
      'bpftrace',
      'Dropped packets: ip_rcv_core OTHERHOST IPv4 1.3k; __udp4_lib_rcv NO_SOCKET IPv4 444; tcp_v4_rcv NO_SOCKET IPv4 32',
    ],
    [
      'tcpconnlat',
      'bpftrace',
      '9 values, p50 ≤ 31µs, p90 ≤ 8.2ms, p99 ≤ 8.2ms, max ≤ 8.2ms · Connects by destination: uwsgi_python311 127.0.0.1 9696 ESTABLISHED 2 30µs',
    ],
    [
      'offcputime',
      'bpftrace',
      'Off CPU by stack: futex_do_wait < __futex_wait < futex_wait < do_futex < __x64_sys_futex < do_syscall_64 < entry_SYSCALL_64_after_hwframe V8Worker 30s',
    ],
    ['execsnoop', 'libbpf-tools', 'Programs that were started: flock 12402 0 /usr/bin/flock -n 9 4'],
    ['execsnoop', 'perf', 'Programs that were started: /usr/bin/bash'],
    [
      'opensnoop',
      'bpftrace',
      'Opened files: /usr/lib/locale/C.utf8/LC_PAPER bash 0 33; /usr/lib/locale/C.UTF-8/LC_CTYPE bash 2 33',
    ],
  ])('%s of %s is summed up', (id, family, text) => {
    expect(traceText(parse(id, family, recorded(`${id}-${family}`)))).toContain(text);
  });

  test('execsnoop has forks by parent and lifetimes beside the programs', () => {
    const { histograms, tables } = parse('execsnoop', 'bpftrace', recorded('execsnoop-bpftrace'));
    expect(tables.map(({ title }) => title)).toEqual(['Forks by parent', 'Programs that were started']);
    expect(histograms.map(({ unit }) => unit)).toEqual(['ms']);
  });

  test('offcputime of libbpf-tools has stacks without the frames of the tracer', () => {
    const [table] = parse('offcputime', 'libbpf-tools', recorded('offcputime-libbpf-tools')).tables;
    const stacks = table?.rows.map(([stack]) => String(stack)) ?? [];
    expect(stacks.length).toBeGreaterThan(5);
    expect(stacks.filter((stack) => /bpf_|__schedule|failed to|Missed/.test(stack))).toEqual([]);
    expect(table?.rows.map(([, command]) => command)).toContain('containerd-shim');
  });

  test.each<readonly [string, string]>([
    ['biosnoop-libbpf-tools', 'the kernel refused the BPF program: Operation not permitted'],
    ['tcpconnlat-libbpf-tools', 'no kprobe on tcp_v4_connect'],
    ['klockstat-libbpf-tools', 'no kprobe on mutex_lock'],
    ['biolatency-bcc', 'could not be compiled against the headers of the kernel'],
    ['tcpdrop-bcc', 'could not be compiled against the headers of the kernel'],
  ])('%s has its reason', (name, reason) => {
    expect(failureOf(recorded(name))).toContain(reason);
  });

  test.each(['kvmexit-perf', 'oomkill-bpftrace', 'tcpretrans-bpftrace'])('%s without events has none', (name) => {
    const at = name.lastIndexOf('-');
    const family = name.slice(at + 1) === 'perf' ? 'perf' : 'bpftrace';
    const result = parse(name.slice(0, at), family, recorded(name));
    expect(result).toEqual({ histograms: [], tables: [] });
    expect(traceText(result)).toBe('no events');
    expect(failureOf(recorded(name))).toBeUndefined();
  });
});

/** Outputs in the forms of the tools' manuals, of programs that did not run on the kernel at hand. */
describe('outputs as documented', () => {
  test.each<readonly [string, Family, string, string]>([
    [
      'biosnoop', 'bcc',
      'TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)\n0.000004    jbd2/vda 1-8   312    vda     WS 13092560  4096       0.74\n0.002000    postgres       1956   sdb     R 62901512   8192      31.20\n',
      'I/O, slowest first: postgres 1956 sdb R 62901512 8192 31ms; jbd2/vda 1-8 312 vda WS 13092560 4096 740µs',
    ],
    [
      'ext4slower', 'bcc',
      'Tracing ext4 operations slower than 10 ms\nTIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME\n06:35:01 cron           16464  R 1249    0          16.05 common auth\n06:35:02 pickup         9574   S 0       0          21.02 wal.1\n',
      'Slow operations: pickup 9574 S 0 0 21ms wal.1; cron 16464 R 1249 0 16ms common auth',
    ],
    [
      'nfsslower', 'libbpf-tools',
      'TIME     COMM             PID     T BYTES   OFF_KB   LAT(ms) FILENAME\n11:25:16 dd               21295   W LL_MAX  15360      14.84 1.test\n',
      'Slow operations: dd 21295 W LL_MAX 15360 15ms 1.test',
    ],
    [
      'tcpretrans', 'bcc',
      'TIME     PID    IP LADDR:LPORT          T> RADDR:RPORT          STATE\n01:55:05 0      4  10.0.0.5:22          R> 10.0.0.9:34619       ESTABLISHED\n01:55:06 0      4  10.0.0.5:22          R> 10.0.0.9:34619       ESTABLISHED\n',
      'Retransmits by connection: 10.0.0.5:22 R> 10.0.0.9:34619 ESTABLISHED 2',
    ],
    [
      'tcpdrop', 'bcc',
      'TIME     PID    IP SADDR:SPORT          > DADDR:DPORT          STATE (FLAGS)\n20:49:06 0      4  10.0.0.5:443         > 10.0.0.9:22912       CLOSE (RST|ACK)\n\ttcp_drop+0x1\n\ttcp_v4_rcv+0x9c7\n',
      'Dropped segments: 10.0.0.5:443 10.0.0.9:22912 CLOSE RST|ACK 1',
    ],
    [
      'tcpsynbl', 'bcc',
      'backlog_max = 500L\n     backlog             : count     distribution\n         0 -> 1          : 961      |****|\n         2 -> 3          : 1        |    |\n',
      'backlog_max 500: 962 values, p50 ≤ 1, p90 ≤ 1, p99 ≤ 1, max ≤ 3',
    ],
    [
      'tcpconnlat', 'libbpf-tools',
      'PID    COMM         IP SADDR            DADDR            DPORT LAT(ms)\n32151  isc worker0  4  10.0.2.15        10.8.8.8         53    0.46\n',
      'Connects, slowest first: isc worker0 10.0.2.15 10.8.8.8 53 460µs',
    ],
    [
      'klockstat', 'libbpf-tools',
      'Tracing mutex/sem lock events...  Hit Ctrl-C to end\n\n                               Caller  Avg Wait    Count   Max Wait   Total Wait\n                     psi_avgs_work+0x2e    3.7 us        5     5.5 us      18.4 us\n\n                               Caller  Avg Hold    Count   Max Hold   Total Hold\n                     psi_avgs_work+0x2e   14.8 us        5    20.4 us      74.1 us\n',
      'Waits: psi_avgs_work+0x2e 4µs 5 6µs 18µs · Holds: psi_avgs_work+0x2e 15µs 5 20µs 74µs',
    ],
    [
      'klockstat', 'bcc',
      '                                  Caller   Avg Spin  Count   Max spin Total spin\n                      psi_avgs_work+0x2e       3675      5       5468      18379\n',
      'Waits: psi_avgs_work+0x2e 4µs 5 5µs 18µs',
    ],
    [
      'oomkill', 'bcc',
      'Tracing oom_kill_process()... Ctrl-C to end.\n21:03:39 Triggered by PID 3297 ("ntpd"), OOM kill of PID 22516 ("perl x"), 3850642 pages, loadavg: 0.99 0.39 0.30 3/282 22724\n',
      'OOM kills: 21:03:39 ntpd 22516 perl x 3.9M',
    ],
    [
      'kvmexit', 'bcc',
      'PID      TID      KVM_EXIT_REASON                     COUNT\n^C1273551  1273568  EXIT_REASON_HLT                     12\n1273551  1273568  EXIT_REASON_MSR_WRITE               6\n',
      'Exits by reason: 1273551 1273568 HLT 12; 1273551 1273568 MSR_WRITE 6',
    ],
    [
      'kvmexit', 'perf',
      'Analyze events for all VMs, all VCPUs:\n\n             VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time \n\n           MSR_WRITE       1000    55.60%     0.10%      0.59us     30.81us      1.00us ( +-   2.96% )\n                 HLT        500    44.40%    99.90%      9.10us   4096.00us    500.00us ( +-   1.00% )\n\n           MSR_WRITE       1000    55.60%     0.10%      0.59us     40.00us      3.00us ( +-   2.96% )\n',
      'Exits by reason: MSR_WRITE 2.0k 2µs 40µs; HLT 500 500µs 4.1ms',
    ],
    [
      'kvmexit', 'bpftrace',
      '{"type": "stats", "data": {"@exits": {"4294967308,4711": {"count": 7, "average": 90000, "total": 630000}, "8589934712,812": {"count": 3, "average": 4000, "total": 12000}}}}\n',
      'Exits by reason: HLT 4711 7 90µs; hlt 812 3 4µs',
    ],
    [
      'tcpretrans', 'bpftrace',
      '{"type": "map", "data": {"@retransmits": {"10.0.0.5,39186,10.0.0.9,5001,1": 4}}}\n',
      'Retransmits by connection: 10.0.0.5 39186 10.0.0.9 5001 ESTABLISHED 4',
    ],
  ])('%s of %s is summed up', (id, family, output, text) => {
    expect(traceText(parse(id, family, output))).toBe(text);
  }); // prettier-ignore
});

test('quantile is the upper end of its bucket, and unknown in an open one', () => {
  const buckets = [
    { from: 0, to: 1, count: 1 },
    { from: 2, to: 3, count: 98 },
    { from: 4, to: undefined, count: 1 },
  ];
  expect([0.01, 0.5, 0.99, 1].map((share) => quantile({ buckets }, share))).toEqual([1, 3, 3, undefined]);
  expect(quantile({ buckets: [] }, 0.5)).toBeUndefined();
});

test('every parser is total on the outputs of all programs, and on hostile ones', () => {
  const outputs = [
    ...['biolatency-libbpf-tools', 'execsnoop-perf', 'opensnoop-libbpf-tools', 'softirqs-bpftrace'].map(recorded),
    '{"type": "map", "data": {"@drops": 7, "@us": "x", "@exits": {"a": null}, "@to": [1], "@wait": {"": {}}}}\n',
    `${' '.repeat(200_000)}1 x\n${'1 '.repeat(100_000)}\n`,
    ' = '.repeat(50_000),
    '',
  ];
  for (const { programs } of tracers)
    for (const { parse: read } of programs)
      for (const output of outputs) expect(Array.isArray(read(output, names).tables)).toBe(true);
}, 20_000);

test('every program is found by the listing of programs', () => {
  const listed = new Set(FIND_PROGRAMS);
  for (const { programs } of tracers)
    for (const { paths } of programs)
      for (const path of paths) {
        const name = path.split('/').at(-1) ?? '';
        const isListed = listed.has(name) || name.endsWith('-bpfcc') || name.startsWith('bpf-') || path.startsWith('/usr/share/bcc/tools/'); // prettier-ignore
        expect([path, isListed]).toEqual([path, true]);
      }
});

test('no program gets a text of the host, and only a pid limits it', () => {
  for (const { programs } of tracers)
    for (const { args } of programs) {
      expect(JSON.stringify(args(undefined))).not.toContain('4242');
      expect(JSON.stringify(args(4242) ?? '4242')).toContain('4242');
    }
});

test('scripts name only maps that their parser reads, and clear the others', () => {
  for (const { id, programs } of tracers)
    for (const { family, args } of programs) {
      const text = family === 'bpftrace' ? (args(undefined)?.at(-1) ?? '') : '';
      // What is left at the end is printed, also the half of a pair.
      const kept = [...new Set(text.match(/@[a-z]\b/g) ?? [])].filter((map) => !text.includes(`clear(${map})`));
      expect([id, kept]).toEqual([id, []]);
    }
});

test('scripts of the scheduler leave out the idle tasks and count threads that were preempted', () => {
  const text = (id: string) => programOf(id, 'bpftrace').args(undefined)?.at(-1) ?? '';
  expect(text('runqlat')).toContain('args->prev_pid != 0 && (args->prev_state & 0xff) == 0');
  expect(text('offcputime')).toContain('if (args->prev_pid != 0) { @s[args->prev_pid] = nsecs;');
});

test('rows of a tool leave out long lines of spaces, of which a process may print many', () => {
  const hostile = `${'a'.padEnd(4000)}b\n`.repeat(500);
  expect(parse('execsnoop', 'libbpf-tools', hostile).tables).toEqual([]);
  const [table] = parse('opensnoop', 'libbpf-tools', `${hostile}  42 JS Self Profile   3   0 /etc/hosts\n`).tables;
  expect(table?.rows).toEqual([['JS Self Profile', 0, '/etc/hosts', 1]]);
});
