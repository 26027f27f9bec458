import { expect, test } from 'vitest';
import type { TableSection } from '../../../src/panes/pane.ts';
import { hardwarePane } from '../../../src/panes/machine/pane.ts';
import { NVIDIA_APPS, NVIDIA_GPUS } from '../../../src/sources/machine/nvidia-gpus.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { watched } from '../../helpers/moments.ts';
import { overlay, type Changes } from '../../helpers/overlay.ts';

/** GPU section of a recorded host with changed answers at both of its moments, and the seconds between them. */
async function gpusWith(changes: (step: number) => Changes) {
  const moments = hostMoments('kvm-host').map(({ at, host }, step) => ({ at, host: overlay(host, changes(step)) }));
  const { timeline, nowMs } = await watched(Object.values(hardwarePane.needs), moments);
  const sections = hardwarePane.sections(hardwarePane.model(timeline.moment(hardwarePane.needs, nowMs)));
  const seconds = (moments.at(-1)?.at ?? 0) - (moments.at(-2)?.at ?? 0);
  return { table: sections.find(({ id }) => id === 'gpus') as TableSection | undefined, seconds };
}

const cells = (table: TableSection | undefined, row: unknown) =>
  Object.fromEntries((table?.columns ?? []).map((column) => [column.id, column.text?.(row) ?? column.value(row)]));

test('Hardware has no section of GPUs on a host without one', async () => {
  expect((await gpusWith(() => ({ [NVIDIA_GPUS.join(' ')]: '', [NVIDIA_APPS.join(' ')]: '' }))).table).toBeUndefined();
});

test('Hardware shows a GPU of NVIDIA with its processes, which link to their rows', async () => {
  const { table } = await gpusWith(() => ({
    [NVIDIA_GPUS.join(' ')]:
      '00000000:3B:00.0, Tesla V100-PCIE-32GB, 550.54.15, 97, 30101, 32768, 71, 231.45, 250.00, 0, 12\n',
    [NVIDIA_APPS.join(' ')]: '00000000:3B:00.0, 4194303, 3\n00000000:3B:00.0, 23188, 30098\n',
  }));
  expect(table?.rows).toHaveLength(1);
  expect(cells(table, table?.rows[0])).toMatchObject({
    gpu: '0000:3b:00.0',
    model: 'Tesla V100-PCIE-32GB',
    use: '97%',
    awake: '—',
    celsius: '71°C',
    watts: '231W',
    uncorrected: '0',
    corrected: '12',
  });
  expect(cells(table, table?.rows[0])['processes']).toMatch(/^\S+\[23188\] 29G pid 4194303 3\.0M$/);
  expect(table?.links?.(table.rows[0])).toMatchObject([{ label: expect.stringMatching(/^process \S+\[23188\]$/), pane: 'processes' }]); // prettier-ignore
  expect(table?.entity?.(table.rows[0])).toEqual({ kind: 'pci-device', id: '0000:3b:00.0' });
});

test('Hardware shows power and idle state of an Intel GPU from its counters', async () => {
  const CARD = '/sys/class/drm/card0';
  const { table, seconds } = await gpusWith((step) => ({
    '/sys/class/drm/card*/device (links)': () => new Map([[`${CARD}/device`, '../../../0000:00:02.0']]),
    [`${CARD}/device/vendor`]: '0x8086\n',
    [`${CARD}/device/hwmon/hwmon2/energy1_input`]: `${1_000_000_000 + step * 60_000_000}\n`,
    [`${CARD}/gt/gt0/rc6_residency_ms`]: `${500_000 + step * 250}\n`,
  }));
  const row = table?.rows[0];
  const value = (id: string) => table?.columns.find((column) => column.id === id)?.value(row);
  expect(value('model')).toBe('Intel');
  expect(value('watts')).toBeCloseTo(60 / seconds, 3);
  expect(value('awake')).toBeCloseTo(100 - 25 / seconds, 3);
  expect(value('use')).toBeUndefined();
});
