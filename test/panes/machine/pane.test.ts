import { describe, expect, test } from 'vitest';
import { hardwarePane } from '../../../src/panes/machine/pane.ts';
import { fitting } from '../../../src/ui/kit/figure-lines.ts';
import { cpusSection, type CpusModel } from '../../../src/panes/machine/cpus.ts';
import { unstyled, textWidth } from '../../../src/lib/text-width.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { makeTheme } from '../../../src/theme.ts';
import { overlay } from '../../helpers/overlay.ts';
import { sectionLines } from '../../helpers/plain-pane.ts';

const plainTheme = makeTheme({ colour: false, ascii: false });

type Changes = Readonly<Record<string, string | undefined>>;

async function modelOf(host: string, changes: Changes | ((moment: number) => Changes) = {}) {
  const changed = (moment: number) => (typeof changes === 'function' ? changes(moment) : changes);
  const moments = hostMoments(host).map((moment, i) => ({ at: moment.at, host: overlay(moment.host, changed(i)) }));
  return hardwarePane.model(await momentOf(hardwarePane.needs, moments));
}
type Model = Awaited<ReturnType<typeof modelOf>>;

const text = (model: Model, id: string, columns = 120): string => {
  const section = hardwarePane.sections(model).find((each) => each.id === id);
  if (!section) throw new Error(`no section ${id}`);
  return sectionLines(section, columns, 40).map(unstyled).join('\n');
};

describe('nodes', () => {
  test('nodes shows distances, huge pages and devices of the NUMA guest', async () => {
    const model = await modelOf('numa-guest');
    const rows = model.nodes.rows;
    expect(rows.map(({ node, cpus, distances }) => [node, cpus, distances])).toEqual([
      [0, [0, 1], [10, 12, 32, 32]],
      [1, [2, 3], [12, 10, 32, 32]],
      [2, [4, 5], [32, 32, 10, 12]],
      [3, [6, 7], [32, 32, 12, 10]],
    ]);
    expect(rows.map(({ huge }) => huge.map(({ freePages, pages }) => `${freePages}/${pages}`))).toEqual([
      ['16/16'],
      ['16/16'],
      ['16/16'],
      ['0/16'],
    ]);
    expect(rows[2]?.devices).toContain('enp129s0');
  });

  test('nodes is absent when there is one node', async () => {
    for (const host of ['cloud-vm', 'bare-kernel', 'denied'])
      expect(hardwarePane.sections(await modelOf(host)).map(({ id }) => id)).not.toContain('nodes');
  });

  test('node detail lists the counters of numastat', async () => {
    const section = hardwarePane.sections(await modelOf('numa-guest')).find(({ id }) => id === 'nodes');
    if (section?.kind !== 'table') throw new Error('no table of nodes');
    const detail = section.detail?.(section.rows[1]);
    expect(detail?.title).toBe('NUMA node 1');
    const [summary, allocations] = detail?.sections({}, {}) ?? [];
    expect(summary && sectionLines(summary, 80, 20).map(unstyled).join('\n')).toMatch(/2\.0M: 16 of 16 free/);
    expect(allocations?.kind === 'table' && allocations.rows).toHaveLength(5);
  });
});

describe('marks of severity', () => {
  test('memory marks OOM kills', async () => {
    const vmstat = (await modelOf('numa-guest')).memory.lines.find(({ label }) => label === 'faults');
    expect(vmstat?.figures.find(({ role }) => role === 'crit')?.text).toBe('OOM kills 2, just now');
    expect(text(await modelOf('numa-guest'), 'memory')).toContain('▲OOM kills 2, just now');
  });

  test('pressure marks a stall above its limit', async () => {
    const psi = (moment: number) => ({
      '/proc/pressure/memory': `some avg10=55.00 avg60=50.00 avg300=1.00 total=${moment * 1e9}\nfull avg10=3.00 avg60=3.00 avg300=0.00 total=${moment * 1e9}\n`,
    });
    const pressure = text(await modelOf('numa-guest', psi), 'pressure');
    expect(pressure).toMatch(/memory some +\S+ +▲55% +50% +1\.0%/);
    expect(pressure).toMatch(/memory full +\S+ +◆3\.0%/);
  });

  test('pressure leaves an average plain when its total has stopped', async () => {
    const psi = 'some avg10=55.00 avg60=50.00 avg300=1.00 total=9\nfull avg10=3.00 avg60=2.00 avg300=0.00 total=9\n';
    const pressure = text(await modelOf('numa-guest', { '/proc/pressure/memory': psi }), 'pressure');
    expect(pressure).toMatch(/memory some +\S+ +55%/);
  });

  test('cpus marks a load above its limit', async () => {
    const load = { '/proc/loadavg': '9.00 4.00 1.00 3/200 4711\n' };
    expect(text(await modelOf('container-host', load), 'cpus')).toContain('9.00 4.00 1.00, ◆4.50 per CPU');
    // A load average decays for minutes after the load.
    expect(text(await modelOf('cloud-vm', load), 'cpus')).toContain('9.00 4.00 1.00, 4.50 per CPU');
  });
});

describe('missing reasons', () => {
  test('pressure shows the reason when one file is missing', async () => {
    const model = await modelOf('numa-guest', { '/proc/pressure/io': undefined });
    expect(text(model, 'pressure')).toMatch(/io full +— not present on this kernel/);
  });

  test('sections show the reason when nothing is readable', async () => {
    const model = await modelOf('denied');
    for (const id of ['machine', 'cpus', 'memory', 'pressure']) expect(text(model, id)).toContain('denied');
    expect(hardwarePane.presence(model)).toBe('present');
  });
});

describe('drawing', () => {
  const cpus = (amount: number, nodes: number): CpusModel => ({
    all: undefined,
    groups: Array.from({ length: nodes }, (_, node) => ({
      label: `node${node}`,
      cpus: Array.from({ length: amount / nodes }, (__, i) => node * (amount / nodes) + i),
      busyPct: 12,
      cellsPct: Array.from({ length: amount / nodes }, (__, i) => (i === 7 ? 100 : 2)),
      role: 'text',
    })),
    history: [],
    load: { label: 'load', figures: [] },
    loadPerCpu: undefined,
    online: amount,
    saturated: 'text',
    steal: 'text',
    empty: '',
  });

  test.each([1, 2, 8, 64, 256, 1024])('cpus fits at any width and shows a hot CPU, with %i CPUs', (amount) => {
    for (const nodes of [1, 2, 8].filter((each) => each <= amount))
      for (const columns of [46, 80, 120, 200]) {
        const lines = cpusSection(cpus(amount, nodes)).draw(columns, 20, plainTheme);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
        const hot = lines.some((line) => line.startsWith('node') && line.includes('█'));
        expect(hot).toBe(amount / nodes > 7);
      }
  });

  test('fitting drops the least first and keeps one', () => {
    const words = (columns: number) =>
      fitting(
        ['aaaa', 'bbbb', 'cccc'],
        columns,
        (word) => word.length + 2,
        (word) => (word === 'cccc' ? 9 : word === 'bbbb' ? 1 : 2),
      );
    expect(words(16)).toEqual(['aaaa', 'bbbb', 'cccc']);
    expect(words(15)).toEqual(['aaaa', 'cccc']);
    expect(words(3)).toEqual(['cccc']);
  });
});
