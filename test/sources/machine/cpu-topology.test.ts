import { expect, test } from 'vitest';
import { cpuTopology } from '../../../src/sources/machine/cpu-topology.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('cpuTopology counts sockets, cores, threads and nodes as lscpu and numactl -H do', async () => {
  const sample = await sampleOf(cpuTopology, 'numa-guest');
  expect(sample).toMatchObject({ sockets: 2, cores: 4, onlineCpus: [0, 1, 2, 3, 4, 5, 6, 7] });
  expect(sample.nodes).toEqual([
    { node: 0, cpus: [0, 1], distances: [10, 12, 32, 32] },
    { node: 1, cpus: [2, 3], distances: [12, 10, 32, 32] },
    { node: 2, cpus: [4, 5], distances: [32, 32, 10, 12] },
    { node: 3, cpus: [6, 7], distances: [32, 32, 12, 10] },
  ]);
  expect(sample.socketOf.get(5)).toBe(1);
});

test('cpuTopology parses model names of x86, POWER and arm64', () => {
  const model = (cpuinfo: string) => cpuTopology.parse({ ...nothing, cpuinfo }).model;
  expect(model('processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Gold 6248  CPU @ 2.50GHz\n')).toBe(
    'Intel Xeon Gold 6248 CPU @ 2.50GHz',
  );
  expect(model('processor\t: 0\ncpu\t\t: POWER9, altivec supported\n')).toBe('POWER9, altivec supported');
  expect(model('processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n')).toBe('implementer 0x41 part 0xd0c');
  expect(model('')).toBeUndefined();
});

test('cpuTopology has no CPUs when a node has memory only, no nodes without NUMA', () => {
  const nodeCpus = new Map([['/sys/devices/system/node/node8/cpulist', '\n']]);
  expect(cpuTopology.parse({ ...nothing, nodeCpus }).nodes).toEqual([{ node: 8, cpus: [], distances: undefined }]);
  expect(cpuTopology.parse(nothing)).toMatchObject({ nodes: [], sockets: undefined, cores: undefined });
});

const nothing = {
  cpuinfo: undefined,
  machine: undefined,
  online: undefined,
  isolated: undefined,
  siblings: undefined,
  packages: undefined,
  cache: undefined,
  nodeCpus: undefined,
  distances: undefined,
};
