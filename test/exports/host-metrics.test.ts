import { describe, expect, onTestFinished, test } from 'vitest';
import { metricsText } from '../../src/commands/export.ts';
import { metricName, inBaseUnit } from '../../src/exports/metric-name.ts';
import { openMetrics } from '../../src/exports/open-metrics.ts';
import { paneTable } from '../../src/exports/pane-table.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { hostArchive, hostNames } from '../helpers/hosts.ts';
import { parseOpenMetrics } from '../helpers/parse-open-metrics.ts';

/** A recorded host at its last moment. */
async function at(name: string) {
  const recording = await openRecording(hostArchive(name), sources, 'elsewhere');
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
  onTestFinished(() => session.stop());
  return { session, live: undefined, nowMs: session.player.positionMs };
}

test.each(hostNames)('metricsText of %s keeps the rules of OpenMetrics', async (name) => {
  const host = await at(name);
  const families = parseOpenMetrics(metricsText(host, undefined));
  expect([...families.keys()]).toEqual(expect.arrayContaining(['crashcart_build', 'crashcart_incidents', 'crashcart_source_age_seconds'])); // prettier-ignore
  expect(families.size).toBeGreaterThan(3);
  const names = new Set(
    [...families.values()].flatMap(({ samples }) => samples.map(({ labels }) => labels.get('host'))),
  );
  expect(names.size).toBe(1);
  for (const { samples } of families.values())
    for (const { seconds } of samples) expect(seconds).toBe(host.nowMs() / 1000);
});

describe('metricsText', () => {
  test('has figures of tables in base units, and none for an unknown one', async () => {
    const host = await at('storage-host');
    const { rows } = paneTable(panes, { session: host.session, atMs: host.nowMs() }, 'hardware.disks', { columns: ['disk', 'util_percent'] }); // prettier-ignore
    const util = parseOpenMetrics(metricsText(host, undefined)).get('crashcart_hardware_disks_util_ratio');
    expect(util).toMatchObject({ type: 'gauge', unit: 'ratio' });
    const known = rows.flatMap(([disk, value]) => (typeof value === 'number' ? [[disk, value / 100]] : []));
    expect(known.length).toBeGreaterThan(0);
    const found = util?.samples.map(({ labels, value }) => [labels.get('object'), value]) ?? [];
    expect(found.length).toBe(known.length);
    expect(found).toEqual(expect.arrayContaining(known));
  });

  test('has incidents with their start and no figures in their labels', async () => {
    const host = await at('ceph-dead-osd');
    const families = parseOpenMetrics(metricsText(host, undefined));
    const crit = families.get('crashcart_incidents')?.samples.find(({ labels }) => labels.get('severity') === 'crit');
    expect(crit?.value).toBeGreaterThan(0);
    const incidents = families.get('crashcart_incident')?.samples ?? [];
    const starts = families.get('crashcart_incident_start_time_seconds')?.samples ?? [];
    expect(incidents.map(({ labels }) => labels)).toEqual(starts.map(({ labels }) => labels));
    expect(incidents.length).toBeGreaterThan(0);
    for (const { labels } of incidents)
      expect([...labels.keys()].filter((label) => label !== 'condition')).toEqual(['host', 'severity', 'rule', 'object']); // prettier-ignore
    for (const { value } of starts) expect(value).toBeLessThanOrEqual(host.nowMs() / 1000);
  });

  test('has pseudonyms for names when it is redacted', async () => {
    const host = await at('kvm-host');
    const open = metricsText(host, undefined);
    const redacted = metricsText(host, new ScreenRedaction());
    expect(open).toContain('lab-crash');
    expect(redacted).not.toMatch(/lab-crash|lab-paused|instance-0000002a/);
    expect(redacted).toContain('object="vm-');
    expect(parseOpenMetrics(redacted).size).toBe(parseOpenMetrics(open).size);
  });
});

test('openMetrics escapes hostile text', () => {
  const object = 'a"} 1\n# EOF\n\\';
  const text = openMetrics([{ name: 'x_ratio', type: 'gauge', unit: 'ratio', help: 'H\n"x"\\', samples: [{ labels: { object }, value: 0.5 }] }], 1500); // prettier-ignore
  const [sample] = parseOpenMetrics(text).get('x_ratio')?.samples ?? [];
  expect(sample?.labels.get('object')).toBe(object);
  expect(sample).toMatchObject({ value: 0.5, seconds: 1.5 });
});

test.each([
  ['util', '%util', 'percent', 'p_util_ratio', 'ratio', 0.61],
  ['rbytes', 'rKB/s', 'KiB', 'p_rbytes_bytes_per_second', 'bytes_per_second', 62_464],
  ['readMs', 'read', 'ms', 'p_read_seconds', 'seconds', 0.061],
  ['count', 'N', 'number', 'p_count_value', undefined, 61],
  ['speed', 'speed', 'Mbit/s', 'p_speed_bytes_per_second', 'bytes_per_second', 7_625_000],
  ['iops', 'r/s', 'number', 'p_iops_per_second', 'per_second', 61],
] as const)('metricName of %s (%s, %s) is %s', (id, title, unit, name, end, value) => {
  expect(metricName('p', { id, title, unit })).toEqual({ name, unit: end });
  expect(inBaseUnit(61, unit)).toBeCloseTo(value, 9);
});
