import * as fc from 'fast-check';
import { cgroupFiles } from '../../src/host/collector/cgroup-files.ts';
import type { CgroupTable, FileTexts, ProcessTexts, Read, ThreadTable, DaemonReply } from '../../src/host/host.ts';

/** Text that a broken or hostile host could send: any code unit, and the characters of real files. */
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

/** A real text with a piece cut out or replaced. */
const damaged = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(text.length), fc.nat(60), fc.oneof(anyText, fc.constant('')))
    .map(([at, length, put]) => text.slice(0, at) + put + text.slice(at + length));

const oneOf = (real: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(anyText, ...real.slice(0, 4).map((text) => damaged(text.slice(0, 20_000))));

/** Paths that match a glob pattern, with unexpected names. */
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

const anyTexts = (real: readonly string[], names: readonly string[]): fc.Arbitrary<FileTexts> =>
  fc.dictionary(fc.constantFrom(...names), oneOf(real), { maxKeys: 12 });

const anyCgroups = (real: readonly CgroupTable[]): fc.Arbitrary<CgroupTable> => {
  const groups = real.flatMap((table) => [...table.groups.values()].slice(0, 2));
  const texts = groups.flatMap(({ use, rest }) => Object.values({ ...use, ...rest }).flatMap((text) => text ?? []));
  const names = [...cgroupFiles.map(({ name }) => name), 'net/dev', '__proto__'];
  const rest = anyTexts(texts, names);
  const path = fc.oneof(
    anyText,
    fc.constantFrom('/lxc.payload.', '/docker/').chain((begin) => anyText.map((end) => begin + end)),
    fc.constantFrom('/lxc.payload.a', String.raw`/machine.slice/machine-qemu\x2d3\x2d\x2d.scope/libvirt/vcpu0`),
  );
  return fc.record({
    layout: fc.constantFrom('v1', 'v2', 'hybrid', undefined),
    left: fc.nat(9),
    groups: fc
      .array(
        fc.record({
          path,
          use: anyTexts(texts, names),
          rest,
          restAt: fc.option(fc.nat(99), { nil: undefined }),
          earlier: fc.option(fc.record({ at: fc.nat(99), rest }), { nil: undefined }),
          firstPid: fc.option(fc.nat(99), { nil: undefined }),
        }),
        { maxLength: 4 },
      )
      .map((all) => new Map(all.map((one) => [one.path, one]))),
  });
};

const anyThreads: fc.Arbitrary<ThreadTable> = fc
  .array(
    fc.record({
      tid: fc.nat(9),
      stat: anyProcess.map(({ stat }) => stat),
      schedstat: fc.option(anyText, { nil: undefined }),
      cpusAllowed: fc.option(anyText, { nil: undefined }),
      wchan: fc.option(anyText, { nil: undefined }),
    }),
    { maxLength: 6 },
  )
  .map((all) => ({
    left: 0,
    processes: new Map([[1, { pid: 1, threads: new Map(all.map((one) => [one.tid, one])) }]]),
  }));

/** Any value that a read could return; `real` are recorded values, which are damaged. */
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
      const texts = (given as ReadonlyMap<string, DaemonReply>[]).flatMap((map) =>
        [...map.values()].flatMap((one) => (one.ok ? [one.text] : [])),
      );
      const one: fc.Arbitrary<DaemonReply> = fc.oneof(
        fc.record({ ok: fc.constant(true as const), text: oneOf(texts), tookMs: fc.nat(5000) }),
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
    case 'cgroups':
      return anyCgroups(given as CgroupTable[]);
    case 'threads':
      return anyThreads;
    case 'file':
    case 'run':
    case 'talk':
    case 'limits':
    case 'statfs':
    case 'mounts':
    case 'inventory':
      return oneOf(given as string[]);
  }
}

/** Path of the first NaN or infinite number in a value; undefined when there are none. */
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
