import { FORGED_MS, forgedFile, forgedIndex, forgedSegmentTable, packed, segmentLines } from './forged-recording.ts';

const MIB = 1 << 20;
const event = (fields: object): string => JSON.stringify({ t: FORGED_MS, ...fields });
const reading = (value: string): string =>
  `{"e":"sample","t":${FORGED_MS},"source":"cpu-stat","took":1,"reads":{"stat":{"read":{"kind":"${value.startsWith('"text') ? 'file","path":"/proc/stat' : 'processes'}"},"at":1,"took":1,${value}}}}`;
const many = (count: number, line: (index: number) => string): readonly string[] => Array.from({ length: count }, (_, index) => line(index)); // prettier-ignore
const segments = (count: number, lines: (number: number) => readonly string[]): Buffer =>
  forgedFile(many(count, String).map((_, number) => packed(segmentLines(number, lines(number)))));
const one = (...lines: readonly string[]): Buffer => segments(1, () => lines);

const audit = (index: number): string => event({ e: 'audit', host: 'a', as: 'root', command: `ps ${index} ${'x'.repeat(300)}`, why: 'asked' }); // prettier-ignore

/** Recordings made to exhaust memory or time, by what they do. */
export const hostileFiles: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'array nested 10 million deep': () => one('['.repeat(10 * MIB)),
  'array of 10 million empty arrays': () => one(reading(`"table":{"list":[${'[],'.repeat(10 * MIB)}[]],"whole":1}`)),
  'object of 2 million keys': () =>
    one(reading(`"table":{"object":{${many(2_000_000, (i) => `"k${i}":0`).join()}},"whole":1}`)),
  'object of 450 000 keys': () =>
    one(reading(`"table":{"object":{${many(450_000, (i) => `"k${i}":0`).join()}},"whole":1}`)),
  'reading of 30 MiB': () => one(reading(`"text":"${'A'.repeat(30 * MIB)}"`)),
  'reading of 3 million wide characters': () => one(reading(`"text":"${'\u4E2D'.repeat(3 * MIB)}"`)),
  'segment of 300 MiB': () => one(reading(`"text":"${'A'.repeat(300 * MIB)}"`)),
  '12 segments of two readings of 11 MiB': () =>
    segments(12, () => many(2, () => reading(`"text":"${'A'.repeat(11 * MIB)}"`))),
  '6 segments of 450 readings of 60 KiB': () => segments(6, () => many(450, (i) => reading(`"text":"cpu ${i} ${'1 '.repeat(30 << 10)}"`))), // prettier-ignore
  '6 segments of 30 000 readings': () => segments(6, () => many(30_000, (i) => reading(`"text":"cpu ${i}"`))),
  'table of 100 000 rows, and 300 changes of it': () =>
    one(
      reading(`"table":{"map":{${many(100_000, (i) => `"${i}":"x"`).join()}},"whole":1}`),
      ...many(300, (n) => reading(`"table":{"map":{"${n}":"y"}}`)),
    ),
  '6 segments of 45 000 commands': () => segments(6, () => many(45_000, audit)),
  '5 segments of 30 000 findings': () => segments(5, (n) => many(30_000, (i) => event({ e: 'finding', key: `x a:${n}-${i}`, state: 'stands', severity: 'warn', sentence: 's' }))), // prettier-ignore
  '300 terminals of 1000x500 with 29 MiB of output': () =>
    one(
      ...many(300, (i) => event({ e: 'terminal', terminal: `${i}`, title: 'x', columns: 1000, rows: 500 })),
      ...many(300, (i) => event({ e: 'output', terminal: `${i}`, data: 'x\n'.repeat(50 << 10) })),
    ),
  'window of 128 MiB': () => forgedFile([packed(segmentLines(0, [reading(`"text":"${'A'.repeat(30 * MIB)}"`)]), 27)]),
  'index of 1 million segments': () => forgedSegmentTable(packed(segmentLines(0, [])), 1_000_000),
  'index of 200 MiB': () =>
    forgedIndex(
      [packed(segmentLines(0, []))],
      many(200, () => `"${'A'.repeat(MIB)}"`),
    ),
  'index of 500 000 commands': () => forgedIndex([packed(segmentLines(0, []))], many(500_000, (i) => event({ e: 'marker', text: `${i}` }))), // prettier-ignore
  '5000 frames without a mark': () => Buffer.concat([one(), ...many(5000, String).map(() => packed(segmentLines(0, [])))]), // prettier-ignore
  'fields named __proto__, twice': () => one(`{"__proto__":{"e":"x"},"e":"audit","e":"marker","t":1,"t":${FORGED_MS},"text":"a","__proto__":[]}`), // prettier-ignore
};
