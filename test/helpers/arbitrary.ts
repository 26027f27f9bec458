import * as fc from 'fast-check';
import type { ProcessTexts, Read, Told } from '../../src/host/host.ts';

/** Text that a broken or hostile host could send: any code unit, and what real files are made of. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'0179 \n\t:-,.=()[]{}"/%\0aeEN+xkB'.split('')), maxLength: 300 }),
  fc
    .array(
      fc.oneof(
        fc.nat().map(String),
        fc.constantFrom('NaN', '-1', '1e999', '0x', 'Infinity', '99999999999999999999', '0-4294967295'),
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(' ')),
);

/** A real text that was cut, doubled or had a piece replaced. */
const damaged = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(text.length), fc.nat(60), fc.oneof(anyText, fc.constant('')))
    .map(([at, length, put]) => text.slice(0, at) + put + text.slice(at + length));

const oneOf = (real: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(anyText, ...real.slice(0, 4).map((text) => damaged(text.slice(0, 20_000))));

/** Paths that a pattern could give, with names nobody expects. */
const anyPath = (pattern: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.nat(300).map(String),
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('..', 'cpu0', '-1'),
      ),
      {
        minLength: 8,
        maxLength: 8,
      },
    )
    .map((names) => {
      let next = 0;
      return pattern.replaceAll(/\[[^\]]*\]\*?|[*?]/g, () => names[next++ % names.length] ?? '');
    });

const anyProcess: fc.Arbitrary<ProcessTexts> = fc.record({
  pid: fc.nat(4_194_304),
  stat: fc.oneof(
    anyText,
    damaged('7 (a) Z 0\n1 (init) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1000 10 18446744073709551615'),
  ),
  cmdline: anyText,
  cgroup: anyText,
  status: anyText,
  io: fc.option(anyText, { nil: undefined }),
  schedstat: fc.option(anyText, { nil: undefined }),
  wchan: fc.option(anyText, { nil: undefined }),
});

/** Any value that an answer to this read could hold; `real` are recorded ones to be damaged. */
export function anyAnswer(what: Read, real: readonly unknown[]): fc.Arbitrary<unknown> {
  const given = real.filter((value) => value !== undefined);
  switch (what.kind) {
    case 'glob': {
      const maps = given as ReadonlyMap<string, string>[];
      const texts = maps.flatMap((map) => [...map.values()].slice(0, 3));
      const paths = maps.flatMap((map) => [...map.keys()].slice(0, 50));
      const path =
        paths.length > 0 ? fc.oneof(anyPath(what.pattern), fc.constantFrom(...paths)) : anyPath(what.pattern);
      return fc.array(fc.tuple(path, oneOf(texts)), { maxLength: 20 }).map((pairs) => new Map(pairs));
    }
    case 'talks': {
      const told = (given as ReadonlyMap<string, Told>[]).flatMap((map) =>
        [...map.values()].flatMap((one) => (one.ok ? [one.text] : [])),
      );
      const one: fc.Arbitrary<Told> = fc.oneof(
        fc.record({ ok: fc.constant(true as const), text: oneOf(told), tookMs: fc.nat(5000) }),
        fc.record({
          ok: fc.constant(false as const),
          why: fc.constantFrom('absent', 'denied', 'timeout', 'failed'),
          detail: anyText,
        }),
      );
      return fc.array(fc.tuple(anyPath(what.pattern), one), { maxLength: 10 }).map((pairs) => new Map(pairs));
    }
    case 'processes':
      return fc.array(anyProcess, { maxLength: 5 }).map((all) => new Map(all.map((one) => [one.pid, one])));
    case 'file':
    case 'run':
    case 'talk':
    case 'statfs':
    case 'inventory':
      return oneOf(given as string[]);
  }
}

/** Where in a value there is a number that is none (NaN or endless), as a path; undefined when all is well. */
export function badNumber(value: unknown, path = ''): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} = ${value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  const inner: Iterable<readonly [unknown, unknown]> =
    value instanceof Map
      ? value
      : value instanceof Set
        ? [...value].map((item) => [item, item] as const)
        : Object.entries(value);
  for (const [name, item] of inner) {
    const bad = badNumber(item, `${path}.${String(name)}`);
    if (bad) return bad;
  }
  return undefined;
}
