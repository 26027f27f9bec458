import { expect, test } from 'vitest';
import type { TableSection } from '../../../src/panes/pane.ts';
import { kvmPane } from '../../../src/panes/kvm/pane.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { watched } from '../../helpers/moments.ts';
import { overlay } from '../../helpers/overlay.ts';

/** Counters of the guest instance-0000002a, as a host with hardware virtualization has them. */
const exits = (step: number) => ({
  '/sys/kernel/debug/kvm/23188-12/exits': `${100_000 + step * 50_000}\n`,
  '/sys/kernel/debug/kvm/23188-12/halt_exits': `${1000 + step * 400}\n`,
  '/sys/kernel/debug/kvm/23188-12/mmio_exits': `${5000 + step * 30_000}\n`,
});

test('KVM pane shows exits of a guest by reason where debugfs is readable', async () => {
  const moments = hostMoments('kvm-host').map(({ at, host }, step) => ({ at, host: overlay(host, exits(step)) }));
  const { timeline, nowMs } = await watched(Object.values(kvmPane.needs), moments);
  const model = kvmPane.model(timeline.moment(kvmPane.needs, nowMs));
  const table = kvmPane.sections(model).find(({ id }) => id === 'exits') as TableSection | undefined;
  const seconds = (moments[1]?.at ?? 0) - (moments[0]?.at ?? 0);
  const values = (row: unknown) => table?.columns.map((column) => [column.id, column.value(row)]);
  expect(table?.rows.length).toBe(1);
  expect(values(table?.rows[0])).toEqual([
    ['guest', 'instance-0000002a'],
    ['exits', expect.closeTo(50_000 / seconds, 3)],
    ['halt', expect.closeTo(400 / seconds, 3)],
    ['io', undefined],
    ['mmio', expect.closeTo(30_000 / seconds, 3)],
    ['irq', undefined],
    ['window', undefined],
    ['signal', undefined],
  ]);
});

test('KVM pane has no section of exits without debugfs', async () => {
  const { timeline, nowMs } = await watched(Object.values(kvmPane.needs), hostMoments('kvm-host'));
  const sections = kvmPane.sections(kvmPane.model(timeline.moment(kvmPane.needs, nowMs)));
  expect(sections.map(({ id }) => id)).not.toContain('exits');
});
