import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isSarText, parseSar, type SarSeries } from '../../../src/sources/machine/sar-text.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/sar/${name}`, import.meta.url), 'utf8');

const texts = { c: fixture('sar30'), halves: fixture('sar30-en_US') };
const find = (series: readonly SarSeries[], column: string, object?: string): SarSeries | undefined =>
  series.find((one) => one.column === column && one.object === object);

describe('sar-text', () => {
  test('sar-text parses real output of sar in the C locale', () => {
    const series = parseSar([texts.c], 0);
    expect(new Set(series.map(({ activity }) => activity))).toEqual(
      new Set(['CPU', 'Tasks', 'Swapping', 'Paging', 'I/O', 'Memory', 'Swap', 'Run queue', 'Disks', 'Network', 'File systems']), // prettier-ignore
    );
    const user = find(series, '%user', 'all');
    expect(user?.at).toHaveLength(41);
    expect(user?.at[0]).toBe(Date.UTC(2026, 10, 30, 1, 24, 38));
    expect(user?.values[0]).toBe(81.59);
    expect(find(series, 'runq-sz')?.values.at(-1)).toBe(35);
    expect(find(series, 'await', 'vda')).toBeDefined();
    expect(find(series, '%fsused', '/dev/vda')?.head).toBe('FILESYSTEM');
  });

  test('sar-text gives the same figures for times with AM and PM', () => {
    expect(parseSar([texts.halves], 0)).toEqual(parseSar([texts.c], 0));
    const noon = (line: string) => texts.halves.slice(0, texts.halves.indexOf('01:24:38')) + line;
    const at = (time: string) => parseSar([noon(`${time}     all  1 2 3 4 5 6\n`)], 0)[0]?.at[0];
    expect(at('12:10:00 AM')).toBe(Date.UTC(2026, 10, 30, 0, 10));
    expect(at('12:10:00 PM')).toBe(Date.UTC(2026, 10, 30, 12, 10));
    expect(at('11:10:00 PM')).toBe(Date.UTC(2026, 10, 30, 23, 10));
  });

  test('sar-text takes the zone of the host, the next day after midnight, and other forms of the date', () => {
    const day = (date: string, ...rows: readonly string[]) =>
      `Linux 6.1.0 (web1) \t${date} \t_x86_64_\t(2 CPU)\n\n23:40:01  runq-sz  plist-sz\n${rows.join('\n')}\n`;
    const [queue] = parseSar([day('11/30/26', '23:50:01  1  100', '00:00:01  2  100')], 3_600_000);
    expect(queue?.at).toEqual([Date.UTC(2026, 10, 30, 22, 50, 1), Date.UTC(2026, 10, 30, 23, 0, 1)]);
    for (const date of ['2026-11-30', '11/30/2026', '30.11.2026', '30/11/26'])
      expect(parseSar([day(date, '23:50:01  1  100')], 0)[0]?.at).toEqual([Date.UTC(2026, 10, 30, 23, 50, 1)]);
  });

  test('sar-text joins days and leaves out averages, restarts and rows of another width', () => {
    const day = (date: string) =>
      `Linux 6.1.0 (web1) \t${date} \t_x86_64_\t(2 CPU)\n\n00:00:01  runq-sz  plist-sz\n00:10:01  1  100\n\n00:15:00  LINUX RESTART\t(2 CPU)\n\n00:20:01  runq-sz  plist-sz\n00:30:01  3\n00:40:01  4  100\nAverage:  2  100\n`;
    const [queue] = parseSar([day('11/30/26'), day('11/29/26')], 0);
    expect(queue?.values).toEqual([1, 4, 1, 4]);
    expect(queue?.at[0]).toBe(Date.UTC(2026, 10, 29, 0, 10, 1));
  });

  test('isSarText is false for a binary file and other texts', () => {
    expect(isSarText(texts.c)).toBe(true);
    expect(isSarText('\xd5\x96\x75\x21\0\0')).toBe(false);
    expect(isSarText('12:00:01 nothing')).toBe(false);
  });
});
