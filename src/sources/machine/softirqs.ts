import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/softirqs: softirqs per CPU (all possible CPUs, offline ones too). proc(5).
 *
 *                    CPU0       CPU1
 *       TIMER:      11626       9552
 *      NET_RX:       5176       6393
 */
export const softirqs = defineSource({
  id: 'softirqs',
  title: 'Softirqs per CPU',
  why: 'Shows softirqs that saturate one CPU.',
  everySeconds: 2,
  countsSince: 'boot',
  reads: { softirqs: { kind: 'file', path: '/proc/softirqs' } },
  parse: ({ softirqs: text }) => (text === undefined ? undefined : parseSoftirqs(text)),
});

export interface Softirqs {
  readonly cpus: readonly number[];
  /** `NET_RX` → counts since boot, in the order of `cpus`; undefined where a line is short. */
  readonly counts: ReadonlyMap<string, readonly (number | undefined)[]>;
}

export function parseSoftirqs(text: string): Softirqs {
  const [header = '', ...rows] = lines(text);
  const cpus = [...header.matchAll(/\bCPU(\d{1,5})\b/g)].map((match) => Number(match[1]));
  const counts = new Map<string, readonly (number | undefined)[]>();
  for (const row of rows) {
    const [, kind, rest = ''] = /^\s*([A-Z_]+):(.*)$/.exec(row) ?? [];
    if (kind === undefined) continue;
    const cells = words(rest);
    counts.set(
      kind,
      cpus.map((_, column) => toCount(cells[column])),
    );
  }
  return { cpus, counts };
}
