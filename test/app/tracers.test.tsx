import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { entityRef } from '../../src/findings/entity-ref.ts';
import {
  keyOf,
  missing,
  type Attachment,
  type AttachmentEnd,
  type AttachRequest,
  type Read,
} from '../../src/host/host.ts';
import { cannedSession, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const recorded = (name: string): string =>
  readFileSync(new URL(`../fixtures/tracers/recorded/${name}.txt`, import.meta.url), 'utf8');

/** Host with root, tracefs, bpftrace and libbpf-tools, and an attachment that prints `output` and ends as planned. */
function tracedSession(output: string, more: Readonly<Record<string, string>> = {}) {
  const session = cannedSession();
  session.root = { state: 'root' };
  const asked: AttachRequest[] = [];
  const files: Readonly<Record<string, string>> = {
    '/proc/sys/kernel/osrelease': '6.18.44\n',
    '/proc/self/status': 'Name:\tpython3\nCapEff:\t000001fffeffffff\n',
    '/proc/self/mountinfo': '30 1 0:12 / /sys/kernel/tracing rw - tracefs tracefs rw\n',
    '/proc/filesystems': 'nodev\tsysfs\n\text4\n',
    '/proc/diskstats': ' 254       0 vda 1 2 3\n',
    'statfs /proc/sys/kernel/unprivileged_bpf_disabled': '1',
    'statfs /sys/kernel/btf/vmlinux': '1',
    '/sys/kernel/tracing/events/skb/kfree_skb/format': recorded('format-skb_kfree_skb'),
    ...more,
  };
  const over = Promise.withResolvers<AttachmentEnd>();
  const attachment: Attachment = {
    onData: (listen) => {
      listen(Buffer.from(output.replaceAll('\n', '\r\n')));
      return () => undefined;
    },
    onPulse: () => () => undefined,
    write: () => undefined,
    resize: () => undefined,
    end: async () => over.resolve({ exitCode: 124, guard: [], detail: 'asked to end' }),
    ended: over.promise,
  };
  Object.assign(session.host, {
    read: async (what: Read) => {
      const value = what.kind === 'run' ? '/usr/sbin/biolatency\n/usr/bin/bpftrace\n' : files[keyOf(what)];
      return value === undefined ? missing('absent', 'not there') : { ok: true, value, at: 1, tookMs: 1 };
    },
    attach: async (request: AttachRequest) => {
      asked.push(request);
      return attachment;
    },
  });
  return { session, asked, end: () => over.resolve({ exitCode: 124, guard: [], detail: '' }) };
}

test('tracer runs after its cost was confirmed, and its result is a page and a note', async () => {
  const { session, asked, end } = tracedSession(recorded('biolatency-libbpf-tools'));
  const screen = await open({ session, columns: 100, rows: 30 });
  await screen.press('e', 'b', 'i', 'o', 'l');
  expect(screen.text()).toContain('how long disk I/O takes, as a histogram by disk; about 1 µs of CPU per I/O');
  await screen.press('enter');
  expect(screen.text()).toContain('Runs /usr/sbin/biolatency (libbpf-tools) on support@node-7 as root.');
  expect(screen.text()).toContain('Cost: about 1 µs of CPU per I/O: 1 % of a CPU at 10 000 I/O/s.');
  expect(asked).toEqual([]);
  await screen.press('y');
  expect(asked).toMatchObject([
    { argv: ['timeout', '-s', 'INT', '-k', '10', '10', '/usr/sbin/biolatency', '-D'], as: 'root', keepAll: true },
  ]);
  expect(asked[0]?.reason).toContain(
    'tracer biolatency (how long disk I/O takes, as a histogram by disk) on the host for 10 s',
  );
  expect(screen.text()).toContain('Traces for 10 s; Ctrl-C ends it earlier');
  end();
  await screen.press();
  await expect(screen.text()).toMatchFileSnapshot('../screens/tracer-biolatency@100x30.txt');
  expect(session.marked).toMatchObject([
    { kind: 'note', text: 'biolatency, 10 s: vda: 5.4k values, p50 ≤ 31µs, p90 ≤ 127µs, p99 ≤ 511µs, max ≤ 1.0ms' },
  ]);
  await screen.quit();
});

test('tracer shows dropped packets by the reasons of the kernel', async () => {
  const { session, end } = tracedSession(recorded('skb-drops-bpftrace'));
  const screen = await open({ session, columns: 100, rows: 30 });
  await screen.press('e', 's', 'k', 'b', 'enter', 'y');
  end();
  await screen.press();
  await expect(screen.text()).toMatchFileSnapshot('../screens/tracer-skb-drops@100x30.txt');
  await screen.quit();
});

test('tracer that cannot run has its reason, and nothing is started', async () => {
  const { session, asked } = tracedSession('', { '/proc/self/status': 'CapEff:\t00000000a80425fb\n' });
  const screen = await open({ session, columns: 100, rows: 30 });
  await screen.press('e', 'enter');
  expect(screen.text()).toContain('Cannot run: root has neither CAP_SYS_ADMIN nor CAP_BPF');
  await screen.press('y', 'esc');
  expect(asked).toEqual([]);
  await screen.quit();
});

test('tracer that printed an error has it in its note', async () => {
  const { session, end } = tracedSession(recorded('tcpconnlat-libbpf-tools'));
  const screen = await open({ session, columns: 100, rows: 30 });
  await screen.press('e', 'b', 'i', 'o', 'l', 'enter', 'y');
  end();
  await screen.press();
  expect(session.marked.map(({ text }) => text)).toEqual([
    'biolatency, 10 s: no kprobe on tcp_v4_connect: not in this kernel under that name, or inlined',
  ]);
  await screen.quit();
});

test('read-only session runs no tracer', async () => {
  const { session, asked } = tracedSession('');
  Object.assign(session.host, { readOnly: true });
  const screen = await open({ session, columns: 100, rows: 30 });
  await screen.press('e');
  expect(screen.text()).toContain('run tracer: this session is read-only');
  expect(asked).toEqual([]);
  await screen.quit();
});

test('finding of a slow disk has biolatency among its next steps', async () => {
  const { session, asked, end } = tracedSession(recorded('biolatency-libbpf-tools'));
  session.standing = [
    {
      rule: 'disk-slow',
      key: 'disk-slow disk:vda',
      severity: 'warn',
      entity: entityRef('disk', 'vda'),
      subject: 'vda',
      sentence: 'reads take 80 ms',
      evidence: [],
      next: 'open Hardware',
      pane: 'hardware',
      sinceMs: START_MS,
      seenMs: START_MS,
    },
  ];
  const screen = await open({ session, columns: 100, rows: 30 });
  await screen.press('a', 'b', 'i', 'o', 'l');
  expect(screen.text()).toContain('trace biolatency: how long disk I/O takes');
  await screen.press('enter');
  expect(screen.text()).toContain('Runs /usr/sbin/biolatency');
  await screen.press('y');
  expect(asked).toHaveLength(1);
  end();
  await screen.press();
  expect(session.marked).toHaveLength(1);
  await screen.quit();
});
