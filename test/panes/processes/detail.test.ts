import { createServer } from 'node:net';
import { openSync, closeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { missing, type Missing, type Read } from '../../../src/host/host.ts';
import { recordedHost } from '../../../src/host/recorded/host.ts';
import { unstyled } from '../../../src/lib/text-width.ts';
import { processDetail } from '../../../src/panes/processes/detail.ts';
import type { Detail } from '../../../src/panes/pane.ts';
import { sectionLines } from '../../helpers/plain-pane.ts';

const names = { command: 'labmem --node 1', owner: 'service app-remote', user: 'root' };
const ref = { pid: 450, startTicks: 99, name: 'labmem' };
const stat = (tid: number, name: string, startTicks: number, state = 'S') =>
  `${tid} (${name}) ${state} 1 450 450 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 2 0 ${startTicks} 5050368 200 18446744073709551615 1 1 1 1 1 0 0 0 0 1 1 0 17 1 0 0`;

type Samples = Record<string, unknown>;
type Gone = Record<string, Record<string, Missing>>;

/** Samples of the given texts; a read without a text is missing for this reason. */
function sampled(detail: Detail, texts: Readonly<Record<string, unknown>>, why: Missing['why'] = 'absent') {
  const samples: Samples = {};
  const gone: Gone = {};
  for (const [name, source] of Object.entries(detail.sources)) {
    const values: Record<string, unknown> = {};
    for (const read of Object.keys(source.reads)) {
      if (texts[`${name}.${read}`] === undefined) (gone[name] ??= {})[read] = missing(why, `${read}: not for us`);
      else values[read] = texts[`${name}.${read}`];
    }
    samples[name] = source.parse(values);
  }
  return { samples, gone };
}

const text = (
  detail: Detail,
  { samples, gone }: { samples: Samples; gone: Gone },
  id: string,
  columns = 100,
): string => {
  const section = detail.sections(samples, gone).find((each) => each.id === id);
  if (!section) throw new Error(`no section ${id}`);
  return [section.note ?? '', ...sectionLines(section, columns, 20).map(unstyled)].join('\n');
};

const threads = (cpuNs: number, delayNs: number, uptime: number) => ({
  'status.stat': stat(450, 'labmem', 99),
  'status.status': 'Name:\tlabmem\nTracerPid:\t0\n',
  'threads.stats': new Map([['/proc/450/task/451/stat', stat(451, 'x) Z 0\n1 (init', 99, 'D')]]),
  'threads.schedstats': new Map([['/proc/450/task/451/schedstat', `${cpuNs} ${delayNs} 3`]]),
  'threads.uptime': `${uptime} 1`,
});

describe('a synthetic process', () => {
  test('threads have rates from the second reading, and keep them when drawn again', () => {
    const detail = processDetail(ref, names);
    expect(text(detail, sampled(detail, threads(1e9, 0, 100)), 'threads')).toMatch(/451 D +— +— /);
    const second = sampled(detail, threads(2e9, 1e9, 102));
    const shown = text(detail, second, 'threads');
    expect(shown).toMatch(/451 D +50% +50% /);
    expect(shown).toContain('x) Z 0␊1 (init');
    expect(text(detail, second, 'threads')).toBe(shown);
  });

  test('placement marks memory as remote when the process is bound to another node', () => {
    const detail = processDetail(ref, names);
    const reading = sampled(detail, {
      ...threads(1, 1, 1),
      'numa.maps': '7f86 bind:1 anon=25600 N1=25600 N0=100 kernelpagesize_kB=4\n',
      'numa.status': 'Cpus_allowed_list:\t0-1\nMems_allowed_list:\t0-3\n',
      'numa.stat': stat(450, 'labmem', 99),
      'numa.nodeCpus': new Map([
        ['/sys/devices/system/node/node0/cpulist', '0-1'],
        ['/sys/devices/system/node/node1/cpulist', '2-3'],
      ]),
    });
    const placed = text(detail, reading, 'placement');
    expect(placed).toContain('misplaced: 100 % of its memory on node 1, bound to CPUs of node 0');
    expect(placed).toContain('cpus 0-1 · mems 0-3 · last CPU 1');
    expect(placed).toMatch(/node1 .*100% +100M remote/);
  });

  test('sections show the reason when a read was denied', () => {
    const detail = processDetail(ref, names);
    const reading = sampled(detail, threads(1, 1, 1), 'denied');
    expect(text(detail, reading, 'files')).toContain('not readable: not for us (links)');
    expect(text(detail, reading, 'placement')).toContain('not readable: not for us (maps)');
    expect(text(detail, reading, 'summary')).toContain('rss 800K (peak —)');
  });

  test('files is not readable, not empty, when the folder or its links are hidden', () => {
    for (const texts of [threads(1, 1, 1), { ...threads(1, 1, 1), 'files.links': new Map() }]) {
      const detail = processDetail(ref, names);
      const reading = sampled(detail, texts);
      expect(text(detail, reading, 'files')).toBe('\nnot readable: files of another user need root');
      expect(text(detail, reading, 'sockets')).toBe('\nnot readable: files of another user need root');
    }
  });

  test('processDetail shows the exit, not another process, when the PID is gone or reused', () => {
    const detail = processDetail(ref, names);
    const other = sampled(detail, { ...threads(1, 1, 1), 'status.stat': stat(450, 'other', 100) });
    expect(detail.sections(other.samples, other.gone).map(({ id }) => id)).toEqual(['end']);
    const gone = sampled(detail, {});
    expect(text(detail, gone, 'end')).toContain('process exited');
  });

  test('processDetail shows texts of the list before the first reading', () => {
    const detail = processDetail(ref, names);
    expect(text(detail, { samples: {}, gone: {} }, 'summary')).toContain('labmem --node 1');
    expect(text(detail, { samples: {}, gone: {} }, 'sockets')).toContain('not read yet');
  });
});

test('processDetail finds threads, an open file and a listening socket of this process', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fd = openSync('/dev/null', 'r');
  try {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    // This machine's files as the host.
    const machine = recordedHost('/', 'this machine');
    const own = await machine.read({ kind: 'file', path: `/proc/${process.pid}/stat` });
    if (!own.ok) throw new Error(own.detail);
    const startTicks = Number(own.value.slice(own.value.lastIndexOf(')') + 2).split(' ')[19]);
    const detail = processDetail({ pid: process.pid, startTicks, name: 'vitest' }, names);
    const samples: Samples = {};
    const gone: Gone = {};
    for (const [name, source] of Object.entries(detail.sources)) {
      const values: Record<string, unknown> = {};
      for (const [read, what] of Object.entries<Read>(source.reads)) {
        const reading = await machine.read(what);
        if (reading.ok) values[read] = reading.value;
        else (gone[name] ??= {})[read] = reading;
      }
      samples[name] = source.parse(values);
    }
    const reading = { samples, gone };
    const threadLines = text(detail, reading, 'threads').split('\n');
    expect(threadLines.length).toBeGreaterThan(3);
    expect(text(detail, reading, 'summary')).toMatch(/state +[RS] .* threads/);
    const sections = detail.sections(samples, gone);
    const open = sections.find(({ id }) => id === 'files');
    const rows = open?.kind === 'table' ? (open.rows as { fd: number; target: string }[]) : [];
    expect(rows.find((row) => row.fd === fd)?.target).toBe('/dev/null');
    const sockets = sections.find(({ id }) => id === 'sockets');
    const found = sockets?.kind === 'table' ? (sockets.rows as { socket: { local: string; state: string } }[]) : [];
    expect(found.map(({ socket }) => socket)).toContainEqual(
      expect.objectContaining({ local: `127.0.0.1:${port}`, state: 'LISTEN' }),
    );
  } finally {
    closeSync(fd);
    server.close();
  }
});
