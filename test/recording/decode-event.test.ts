import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HIDDEN } from '../../src/lib/plain.ts';
import { json } from '../../src/lib/json.ts';
import { decodeEvent } from '../../src/recording/decode-event.ts';
import { decodeRead } from '../../src/recording/decode-read.ts';
import type { RecordingEvent } from '../../src/recording/events.ts';
import { sources } from '../../src/subsystems/index.ts';

const decoded = (line: string) => decodeEvent(json(line));

test.each([
  '{"e":"marker","t":1,"text":"x"}',
  '{"e":"status","t":1,"link":{"state":"live"},"transport":"ssh2"}',
  '{"e":"status","t":1,"link":{"state":"lost","sinceMs":1,"detail":"x","collectorOnly":true},"transport":"ssh2","hostCpuPct":1.5}',
  '{"e":"audit","t":1,"host":"a","as":"root","command":"ps","why":"reading","exit":0}',
  '{"e":"sample","t":1,"source":"a","took":1,"reads":{"x":{"read":{"kind":"file","path":"/x"},"at":1,"took":1,"text":"\\u0000\\n"}}}',
  '{"e":"sample","t":1,"source":"a","took":1,"reads":{"x":{"read":{"kind":"processes"},"table":{"map":{"__proto__":{"list":[1,null]}},"gone":["7"],"whole":1}}}}',
])('decodeEvent keeps %s', (line) => expect(decoded(line)).toEqual(JSON.parse(line)));

test('decodeEvent drops unknown fields and invalid optional ones', () => {
  const event = { e: 'audit', t: 1, host: 'a', as: 'root', command: 'ps', why: 'reading' };
  expect(decodeEvent({ ...event, exit: '0', tookMs: [], more: '\u001B[2J' })).toEqual(event);
});

test('decodeEvent has unknown for a kind of a later version', () => {
  expect(decoded('{"e":"of a later version","t":1}')).toBe('unknown');
  expect(decoded('{"e":"constructor","t":1}')).toBe('unknown');
});

test.each([
  '{"e":"marker","t":1}',
  '{"e":"marker","t":9e15,"text":"x"}',
  '{"e":"status","t":1,"link":null,"transport":"ssh2"}',
  '{"e":"status","t":1,"link":{"state":"\\u001b]0;x\\u0007"},"transport":"ssh2"}',
  '{"e":"finding","t":1,"key":"a","state":"stands","severity":"fatal","sentence":"b"}',
  '{"e":"output","t":1,"terminal":"screen","data":7}',
  '{"e":"terminal","t":1,"terminal":"1","title":"x","columns":9999,"rows":9999}',
  '{"e":"audit","t":1,"host":"a","as":"root\\u001b]52;c;x\\u0007","command":"ps","why":"reading"}',
  '[]',
  '7',
])('decodeEvent refuses %s', (line) => expect(decoded(line)).toBeUndefined());

test.each([
  '{"map":5,"whole":1}',
  '{"map":{},"gone":5,"whole":1}',
  '{"map":{},"gone":[5],"whole":1}',
  '{"list":{},"map":{},"whole":1}',
  '{"object":{"a":{}},"whole":1}',
  '{}',
])('decodeEvent makes a failed reading of the table %s', (table) => {
  const event = decoded(
    `{"e":"sample","t":1,"source":"a","took":1,"reads":{"x":{"read":{"kind":"processes"},"table":${table}}}}`,
  );
  expect(event).toMatchObject({ reads: { x: { why: 'failed', detail: 'invalid reading in the recording' } } });
});

/** Texts of an event but those that parsers and the terminal filter take raw. */
function textsIn(value: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    name === 'data' || (name === 'text' && path.includes('reads')) || name === 'table'
      ? [[`${path}.`, name] as const]
      : [[path, name] as const, ...textsIn(entry, `${path}.${name}`)],
  );
}

const attack = fc.array(fc.oneof(fc.constantFrom('\u001B]52;c;x\u0007', '\u009B2J', '\u202E', '\u200B', '\0', '\uD800', '\u2028'), fc.string()), { maxLength: 3 }).map((parts) => parts.join('')); // prettier-ignore
const forged = fc.oneof(
  fc.record({ e: fc.constant('audit'), t: fc.nat(), host: attack, as: fc.constantFrom('user', 'root'), command: attack, why: attack, exit: fc.oneof(fc.nat(), attack) }),
  fc.record({ e: fc.constant('finding'), t: fc.nat(), key: attack, subject: attack, state: fc.constant('stands'), severity: fc.constant('warn'), sentence: attack }),
  fc.record({ e: fc.constant('segment'), t: fc.nat(), version: fc.nat(), number: fc.nat(), crashcart: attack, host: attack, kind: fc.constant('ssh'), began: fc.nat() }),
  fc.record({ e: fc.constant('status'), t: fc.nat(), link: fc.record({ state: fc.constant('closed'), detail: attack }), root: fc.record({ state: fc.constant('none'), detail: attack }), transport: attack }),
  fc.record({ e: fc.constant('terminal'), t: fc.nat(), terminal: attack, title: attack, columns: fc.constant(80), rows: fc.constant(24) }),
  fc.record({ e: fc.constant('output'), t: fc.nat(), terminal: attack, data: attack }),
  fc.record({ e: fc.constant('recorder'), t: fc.nat(), what: fc.constant('left-out'), detail: attack }),
  fc.record({ e: fc.constant('marker'), t: fc.nat(), text: attack }),
  fc.record({ e: fc.constant('sample'), t: fc.nat(), source: attack, took: fc.nat(), reads: fc.dictionary(attack, fc.record({ read: fc.record({ kind: fc.constant('file'), path: attack }), text: attack })) }),
  fc.record({ e: fc.constant('sample'), t: fc.nat(), source: attack, took: fc.nat(), reads: fc.dictionary(attack, fc.record({ read: fc.record({ kind: fc.constant('run'), argv: fc.array(attack) }), why: fc.constant('failed'), detail: attack })) }),
); // prettier-ignore

test('decodeEvent sanitises every text of every kind of event', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(forged, (value) => {
      const event = decodeEvent(value);
      expect(event).toBeTypeOf('object');
      seen.add((event as RecordingEvent).e);
      for (const [path, text] of textsIn(event, ''))
        expect(HIDDEN.exec(path.includes('.read') ? text.replaceAll(/[\n\t]/g, '') : text)?.[0]).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
  expect(seen.size).toBe(9);
});

test('decodeEvent limits the length of every sanitised text', () => {
  const text = 'x'.repeat(1 << 20);
  const event = decodeEvent({
    e: 'finding',
    t: 1,
    key: text,
    subject: text,
    state: 'stands',
    severity: 'warn',
    sentence: text,
  });
  expect(JSON.stringify(event).length).toBeLessThan(20_000);
});

test('decodeEvent takes any JSON', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void decodeEvent(value)));
  expect(decodeEvent(undefined)).toBeUndefined();
  fc.assert(
    fc.property(fc.constantFrom('segment', 'sample', 'finding', 'audit', 'status'), fc.dictionary(fc.string(), fc.jsonValue()), (e, rest) => void decodeEvent({ t: 1, ...rest, e })), // prettier-ignore
  );
});

test('decodeRead keeps every read of every source', () => {
  const reads = sources.flatMap(({ reads: all }) => Object.values(all));
  expect(reads.length).toBeGreaterThan(100);
  for (const read of reads)
    expect(decodeRead(JSON.parse(JSON.stringify(read)))).toEqual(JSON.parse(JSON.stringify(read)));
});
