import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldNames } from '../../src/lib/fold-names.ts';
import { expandNodeSet, isNodeSet, MAX_NAMES, NodeSetError } from '../../src/fleet/nodeset.ts';

const groups: Readonly<Record<string, string>> = {
  compute: 'node[1-3]',
  rack: '@compute,sw1',
  loop: '@loop',
  other: 'x1 x2\nx3',
};
const LONG = 'a'.repeat(70_000);
const lookup = (group: string | undefined): string => {
  const found = group === undefined ? 'all[1-2]' : groups[group];
  if (found === undefined) throw new NodeSetError(`@${group}: no such group`);
  return found;
};

describe('expandNodeSet', () => {
  it.each([
    ['node[1-3]', 'node1 node2 node3'],
    ['node[08-11]', 'node08 node09 node10 node11'],
    ['n[0-9/4],n7', 'n0 n4 n8 n7'],
    ['n[1,3-4,1]', 'n1 n3 n4'],
    ['r[1-2]n[3,5]-ib', 'r1n3-ib r1n5-ib r2n3-ib r2n5-ib'],
    ['n[1-5]!n[2-3]', 'n1 n4 n5'],
    ['n[1-5]&n[4-9]', 'n4 n5'],
    ['n[1-3]^n[3-4]', 'n1 n2 n4'],
    ['n[1-9]!n[2-9],n3', 'n1 n3'],
    ['a b, c', 'a b c'],
    ['@compute', 'node1 node2 node3'],
    ['@rack!@compute', 'sw1'],
    ['@other', 'x1 x2 x3'],
    ['@src:compute & node[3-9]', 'node3'],
    ['@*', 'all1 all2'],
    ['[::1]:22', '[::1]:22'],
    ['10.0.0.[1-2]', '10.0.0.1 10.0.0.2'],
    ['', ''],
  ])('expands %s', (text, names) => {
    expect(expandNodeSet(text, lookup).join(' ')).toBe(names);
  });

  it.each([
    'n[1-',
    'n[a-b]',
    'n[3-1]',
    'n[1-3/0]',
    'n[]',
    'n[1-999999999]',
    'n[1-100][1-100]',
    'n[1-9999999999999999]',
    '@loop',
    '@missing',
    '@$(id)',
    'a!',
    'a!&b',
    'n;id',
    'n$(id)',
    LONG,
  ])('refuses %.20s with a sentence', (text) => {
    expect(() => expandNodeSet(text, lookup)).toThrow(NodeSetError);
  });

  it('names the groups that have no source', () => {
    expect(() => expandNodeSet('@compute')).toThrow('@compute: no source of groups');
  });

  it('ends for any text, with names within the limit', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ab01-,[]!&^/@ :.')), maxLength: 40 });
    const expandedOr = (any: string): readonly string[] | NodeSetError => {
      try {
        return expandNodeSet(any, lookup);
      } catch (error) {
        if (error instanceof NodeSetError) return error;
        throw error;
      }
    };
    fc.assert(
      fc.property(text, (any) => {
        const found = expandedOr(any);
        expect(found instanceof NodeSetError || found.length <= MAX_NAMES).toBe(true);
      }),
    );
  });
});

describe('isNodeSet', () => {
  it.each(['node[1-3]', '@compute', 'a,b', 'a b', 'a!b', 'root@n[1-2]', 'root@@compute', 'a,@b', 'n[1'])(
    'takes %s for a set',
    (text) => {
      expect(isNodeSet(text)).toBe(true);
    },
  );
  it.each(['node1', 'root@node1', '[::1]', 'root@[fe80::1%eth0]:22', 'ssh://root@[::1]:22', 'a@b@c'])(
    'takes %s for a name',
    (text) => {
      expect(isNodeSet(text)).toBe(false);
    },
  );
});

describe('foldNames', () => {
  it.each([
    ['node1 node2 node3 node7', 'node[1-3,7]'],
    ['node08 node09 node10', 'node[08-10]'],
    ['n1 n01 n2 n02', 'n[1-2,01-02]'],
    ['r1n1 r1n2 r2n1 r2n2', 'r[1-2]n[1-2]'],
    ['r1n1 r1n2 r2n1', 'r1n[1-2],r2n1'],
    ['web db1', 'web,db1'],
    ['10.0.0.1 10.0.0.2', '10.0.0.[1-2]'],
    ['a1 a1', 'a1'],
  ])('folds %s', (names, text) => {
    expect(foldNames(names.split(' '))).toBe(text);
  });

  it('makes a set that expands to the same names', () => {
    const name = fc
      .tuple(
        fc.constantFrom('n', 'rack', 'a-', 'b.'),
        fc.nat(30),
        fc.constantFrom('', '-x', 'y0'),
        fc.option(fc.nat(12)),
      )
      .map(
        ([head, one, middle, two]) =>
          `${head}${one % 3 === 0 ? `0${one}` : one}${middle}${two === null ? '' : `z${two}`}`,
      );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 60 }), (names) => {
        expect(expandNodeSet(foldNames(names)).toSorted()).toEqual([...new Set(names)].toSorted());
      }),
    );
  });
});
