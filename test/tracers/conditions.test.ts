import { expect, test } from 'vitest';
import { chooseProgram, symbolIn, type TracingFacts } from '../../src/tracers/conditions.ts';
import { tracerOf } from '../../src/tracers/index.ts';

const BLOCK = ['block/block_rq_issue', 'block/block_rq_complete'];

const facts: TracingFacts = {
  release: '6.1.0-44-amd64',
  root: true,
  capable: true,
  bpf: true,
  lockdown: 'none',
  btf: true,
  kprobes: true,
  headers: true,
  tracefs: true,
  events: new Map(BLOCK.map((event) => [event, 'field:dev_t dev;\n'])),
  filesystems: 'nodev\tsysfs\n\text4\n',
  programs: new Set(['/usr/sbin/biolatency', '/usr/bin/bpftrace', '/usr/sbin/biolatency-bpfcc', '/usr/sbin/ext4slower-bpfcc', '/usr/sbin/xfsslower-bpfcc', '/usr/sbin/opensnoop-bpfcc']), // prettier-ignore
};

const chosen = (id: string, more: Partial<TracingFacts> = {}, pid?: number): string => {
  const tracer = tracerOf(id) ?? expect.fail(`no tracer ${id}`);
  const one = chooseProgram(tracer, { ...facts, ...more }, pid);
  return 'reason' in one ? one.reason : one.path;
};

test('tracer runs with the cheapest program that is there and can run', () => {
  expect(chosen('biolatency')).toBe('/usr/sbin/biolatency');
  expect(chosen('biolatency', { btf: false })).toBe('/usr/bin/bpftrace');
  expect(chosen('biolatency', { btf: false, tracefs: false })).toBe('/usr/sbin/biolatency-bpfcc');
  expect(chosen('biolatency', { programs: new Set(['/usr/share/bcc/tools/biolatency']) })).toBe('/usr/share/bcc/tools/biolatency'); // prettier-ignore
});

test.each<readonly [string, string, Partial<TracingFacts>]>([
  ['no root', 'needs root', { root: false }],
  ['lockdown', 'kernel lockdown is in confidentiality mode: tracing is refused', { lockdown: 'confidentiality' }],
  ['no bpf(2)', 'the kernel has no bpf(2) (CONFIG_BPF_SYSCALL)', { bpf: false }],
  ['a container', 'root has neither CAP_SYS_ADMIN nor CAP_BPF and CAP_PERFMON here (a container?)', { capable: false }],
  ['no program', 'not installed; Debian and Ubuntu package libbpf-tools or bpftrace or bpfcc-tools (crashcart installs nothing)', { programs: new Set() }],
  ['an unreadable /usr', 'programs of tracers: not readable', { programs: undefined }],
])('biolatency has its reason with %s', (_, reason, more) => {
  expect(chosen('biolatency', more)).toBe(reason);
}); // prettier-ignore

test('each program that is there has its reason', () => {
  expect(chosen('biolatency', { btf: false, tracefs: false, headers: false })).toBe(
    '/usr/sbin/biolatency: needs type information of the kernel: no /sys/kernel/btf/vmlinux; ' +
      '/usr/bin/bpftrace: needs tracefs, which is not mounted at /sys/kernel/tracing; ' +
      '/usr/sbin/biolatency-bpfcc: needs kernel headers: neither /lib/modules/6.1.0-44-amd64/build nor /sys/kernel/kheaders.tar.xz is there',
  );
  expect(chosen('ext4slower', { kprobes: false })).toContain('needs kprobes, which this kernel does not have');
  expect(chosen('xfsslower')).toContain('xfs is not in /proc/filesystems');
});

test('tracepoint without a field that a script needs has its name', () => {
  const old = { events: new Map([['skb/kfree_skb', 'field:void * location;\tfield:unsigned short protocol;']]) };
  expect(chosen('skb-drops', old)).toBe('/usr/bin/bpftrace: the tracepoint skb:kfree_skb of this kernel has no field reason'); // prettier-ignore
  expect(chosen('kvmexit')).toBe('/usr/bin/bpftrace: this kernel has no tracepoint kvm:kvm_exit');
  const now = { events: new Map([['skb/kfree_skb', 'field:enum skb_drop_reason reason;']]) };
  expect(chosen('skb-drops', now)).toBe('/usr/bin/bpftrace');
});

test('facts that are unknown refuse nothing', () => {
  const unknown = { lockdown: undefined, bpf: undefined, capable: undefined, btf: undefined, kprobes: undefined };
  expect(chosen('biolatency', unknown)).toBe('/usr/sbin/biolatency');
  expect(chosen('skb-drops', { tracefs: undefined, events: undefined })).toBe('/usr/bin/bpftrace');
});

test('tracer of one process runs with a program that takes a pid', () => {
  expect(chosen('opensnoop', { events: undefined }, 42)).toBe('/usr/bin/bpftrace');
  expect(chosen('biolatency', {}, 42)).toBe('it traces the whole host: no program of it takes a process');
});

test('symbolIn has the text of a number of the nth list, with sums and other bases', () => {
  const format = 'print fmt: "%s %s", (REC->isa == 1) ? __print_symbolic(REC->exit_reason & 0xffff, { 12, "HLT" }) : __print_symbolic(REC->exit_reason, { 0x040 + 1, "DB excp" }, { -1, "bad" }), __print_flags(REC->x, { 12, "F" })'; // prettier-ignore
  expect(symbolIn(format, 'exit_reason', 12)).toBe('HLT');
  expect(symbolIn(format, 'exit_reason', 65)).toBeUndefined();
  expect(symbolIn(format, 'exit_reason', 65, 1)).toBe('DB excp');
  expect(symbolIn(format, 'exit_reason', -1, 1)).toBe('bad');
  expect(symbolIn(format, 'exit_reason', 12, 1)).toBeUndefined();
  expect(symbolIn(undefined, 'exit_reason', 12)).toBeUndefined();
});
