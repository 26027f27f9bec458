import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flameSvg } from '../../src/stacks/flame-svg.ts';
import { foldedText } from '../../src/stacks/folded.ts';
import { pprofBytes } from '../../src/stacks/pprof.ts';
import { speedscopeJson } from '../../src/stacks/speedscope.ts';
import { stackTree } from '../../src/stacks/stack-tree.ts';
import { schemaProblems, type JsonSchema } from '../helpers/json-schema.ts';
import { novaProfile, novaStacks, profileOf } from '../helpers/stacks.ts';

const NAME = '</text><script>alert(1)</script>";\u001B[2J\u202E\nroot 99';
const hostile = () =>
  profileOf([
    {
      ...novaStacks(),
      name: NAME,
      stacks: [
        { tid: 1, name: NAME, state: 'R', frames: [{ kind: 'native', name: NAME, module: NAME, file: NAME, line: 3 }] },
      ],
    },
  ]);

/** Fields of a protobuf message by number: numbers, or the bytes of texts and messages. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, readonly (number | Uint8Array)[]> {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const list = fields.get(key >> 3) ?? [];
    fields.set(key >> 3, list);
    if ((key & 7) === 0) list.push(varint());
    else {
      const length = varint();
      list.push(bytes.subarray(at, (at += length)));
    }
  }
  return fields;
}

const all = (bytes: number | Uint8Array | undefined): Uint8Array => {
  if (!(bytes instanceof Uint8Array)) throw new Error('no message');
  return bytes;
};

describe('foldedText', () => {
  test('foldedText has a line for each stack, with marks of kernel frames', () => {
    const lines = foldedText(novaProfile()).trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines).toContain('nova-compute;on CPU;<module>;main;spawn;_get_guest_xml 30');
    expect(lines.join('\n')).toMatch(/^nova-compute;disk I\/O, off CPU;.*io_schedule_\[k\] 40$/m);
  });

  test('foldedText keeps a hostile name to its frame', () => {
    const text = foldedText(hostile());
    expect(text.split('\n')).toHaveLength(2);
    expect(text.split(';')).toHaveLength(3);
    expect(text).not.toMatch(/[\u001B\u202E]/);
  });
});

describe('speedscopeJson', () => {
  // The file is JSON Schema by its `$schema`.
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/speedscope.schema.json'), 'utf8')) as JsonSchema; // prettier-ignore

  test.each([
    ['a sample', novaProfile],
    ['one reading', () => profileOf([novaStacks()])],
    ['hostile names', hostile],
  ])('speedscopeJson holds the schema for %s', (_, profile) => {
    expect(schemaProblems(JSON.parse(speedscopeJson(profile())), schema)).toEqual([]);
  });

  test('speedscopeJson has a profile per state, whose weights are its time', () => {
    // Shape by the schema above.
    const { profiles, shared } = JSON.parse(speedscopeJson(novaProfile())) as {
      profiles: { name: string; unit: string; samples: number[][]; weights: number[]; endValue: number }[];
      shared: { frames: { name: string; line?: number }[] };
    };
    expect(profiles.map(({ name }) => name)[0]).toBe('nova-compute: on CPU');
    expect(profiles[0]).toMatchObject({ unit: 'milliseconds', endValue: 7500 });
    expect(profiles[0]?.samples[0]?.map((index) => shared.frames[index]?.name)).toEqual(['<module>', 'main', 'spawn', '_get_guest_xml']); // prettier-ignore
    expect(profiles.every(({ samples, weights }) => samples.length === weights.length)).toBe(true);
  });
});

describe('pprofBytes', () => {
  test('pprofBytes has samples whose ids are those of its tables', () => {
    const fields = fieldsOf(pprofBytes(novaProfile()));
    const texts = (fields.get(6) ?? []).map((bytes) => new TextDecoder().decode(all(bytes)));
    expect(texts[0]).toBe('');
    const ids = (field: number) => (fields.get(field) ?? []).map((bytes) => fieldsOf(all(bytes)).get(1)?.[0]);
    const [mappings, locations, functions] = [ids(3), ids(4), ids(5)];
    for (const list of [mappings, locations, functions]) {
      expect(list.length).toBeGreaterThan(0);
      expect(new Set(list).size).toBe(list.length);
    }
    let [counted, wallNs] = [0, 0];
    for (const bytes of fields.get(2) ?? []) {
      const sample = fieldsOf(all(bytes));
      const packed = all(sample.get(1)?.[0]);
      expect(locations).toEqual(expect.arrayContaining([...packed]));
      const [count = 0, ns = 0] = numbersOf(all(sample.get(2)?.[0]));
      counted += count;
      wallNs += ns;
    }
    expect([counted, wallNs]).toEqual([280, 280 * 250e6]);
    const names = (fields.get(5) ?? []).map((bytes) => texts[Number(fieldsOf(all(bytes)).get(2)?.[0])]);
    expect(names).toContain('virMutexLock');
  });

  test('pprofBytes keeps an address of 64 bits', () => {
    const frames = [{ kind: 'native' as const, name: undefined, module: 'x', address: 0xffff_ffff_8100_0000n }];
    const fields = fieldsOf(
      pprofBytes(profileOf([{ ...novaStacks(), stacks: [{ tid: 1, name: 'x', state: 'R', frames }] }])),
    );
    expect(fieldsOf(all(fields.get(4)?.[0])).get(3)?.[0]).toBe(Number(0xffff_ffff_8100_0000n));
  });
});

function numbersOf(bytes: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 0x7f) * shift;
    shift *= 128;
    if (byte >= 0x80) continue;
    numbers.push(value);
    [value, shift] = [0, 1];
  }
  return numbers;
}

describe('flameSvg', () => {
  test('flameSvg gives the same text for the same tree', async () => {
    const svg = flameSvg(stackTree(novaProfile()), 'nova-compute (1200)', '40 readings in 9.8 s');
    expect(svg).toBe(flameSvg(stackTree(novaProfile()), 'nova-compute (1200)', '40 readings in 9.8 s'));
    await expect(svg).toMatchFileSnapshot('screens/flame-graph.svg');
  });

  test('flameSvg loads and runs nothing, whatever the names are', () => {
    const svg = flameSvg(stackTree(hostile()), NAME, NAME);
    expect(svg).not.toMatch(/<(?:script|style|image|a|use|foreignObject)\b|\bon\w+=|href|url\(/i);
    expect(svg).not.toMatch(/[\u001B\u202E]/);
    expect(svg.match(/<[^!/][^>]*>/g)?.map((tag) => /^<(\w+)/.exec(tag)?.[1])).toEqual(
      expect.arrayContaining(['svg', 'rect', 'text', 'g', 'title']),
    );
  });
});
