import { lines, toCount, toCpuList, words } from '../../lib/lines.ts';

type File = readonly [path: string, text: string];
const NODES = '/sys/devices/system/node';

/**
 * Files of NUMA nodes by `numactl --hardware` and `numastat`: numactl(8), numastat(8).
 *
 *     node 0 cpus: 0 1            node 0 size: 16008 MB       node 0 free: 165 MB
 *     node distances:
 *     node   0   1
 *       0:  10  21
 */
export function* numaFiles(hardware: string, statistics: string): Generator<File> {
  for (const [, node, field, value = ''] of hardware.matchAll(/^node (\d+) (cpus|size|free): *(.*)$/gm)) {
    const mib = toCount(value.replace(/ MB$/, ''));
    if (field === 'cpus') yield [`${NODES}/node${node}/cpulist`, toCpuList(words(value).map(Number))];
    else if (mib !== undefined)
      yield [
        `${NODES}/node${node}/meminfo`,
        `Node ${node} ${field === 'size' ? 'MemTotal' : 'MemFree'}: ${mib * 1024} kB`,
      ];
  }
  for (const [, node, distances = ''] of hardware.matchAll(/^ +(\d+):([\d ]+)$/gm))
    yield [`${NODES}/node${node}/distance`, distances.trim()];
  // ` node0 node1`, then a row per counter.
  const [head = '', ...rows] = lines(statistics);
  for (const [column, name] of words(head).entries())
    if (/^node\d+$/.test(name))
      for (const row of rows) {
        const [counter, ...values] = words(row);
        const value = values[column];
        if (counter !== undefined && toCount(value) !== undefined)
          yield [`${NODES}/${name}/numastat`, `${counter} ${value}`];
      }
}

/** /proc/meminfo by `free`, in KiB: totals only, without the parts of caches. */
export function meminfo(free: string): string | undefined {
  const titles = words(lines(free).find((line) => /\btotal\b/.test(line)) ?? '');
  const row = (name: string) => words(lines(free).find((line) => line.startsWith(`${name}:`)) ?? '').slice(1);
  const of = (values: readonly string[], title: string) => toCount(values[titles.indexOf(title)]);
  const [memory, swap] = [row('Mem'), row('Swap')];
  const figures = [
    ['MemTotal', of(memory, 'total')],
    ['MemFree', of(memory, 'free')],
    ['MemAvailable', of(memory, 'available')],
    ['Shmem', of(memory, 'shared')],
    ['SwapTotal', of(swap, 'total')],
    ['SwapFree', of(swap, 'free')],
  ] as const;
  const known = figures.filter(([, value]) => value !== undefined);
  return known.length < 2 ? undefined : known.map(([name, value]) => `${name}: ${value} kB`).join('\n');
}

const MAX_UNAME = 1000;

/** Files of the running kernel by `uname -a`: `Linux NODE RELEASE #1 SMP … x86_64 x86_64 x86_64 GNU/Linux`. */
export function* kernelFiles(uname: string): Generator<File> {
  const [, node, release, version, arch] =
    /^Linux (\S+) (\S+) (#.*?) (\S+)(?: \4)* GNU\/Linux\s*$/.exec(uname.slice(0, MAX_UNAME)) ?? [];
  if (node === undefined || release === undefined || version === undefined || arch === undefined) return;
  yield ['/proc/sys/kernel/hostname', node];
  yield ['/proc/sys/kernel/osrelease', release];
  yield ['/proc/sys/kernel/version', version];
  yield ['/proc/sys/kernel/arch', arch];
}

/** os-release(5) by `lsb_release`: `Description: Ubuntu 20.04.3 LTS`, or /etc/lsb-release: `DISTRIB_DESCRIPTION="…"`. */
export function osRelease(lsb: string): string | undefined {
  const name = /^(?:Description:\s*|DISTRIB_DESCRIPTION=)"?([^"\n]+)/m.exec(lsb)?.[1];
  return name && `PRETTY_NAME="${name.trim()}"`;
}

/** /proc/modules by lsmod(8): `tap  24576  1 vhost_net`. */
export const modules = (lsmod: string): string | undefined =>
  lines(lsmod)
    .slice(1)
    .map((line) => words(line))
    .filter(([, size]) => toCount(size) !== undefined)
    .map(
      ([name, size, used, by = '-']) => `${name} ${size} ${used} ${by === '-' ? by : `${by},`} Live 0x0000000000000000`,
    )
    .join('\n') || undefined;
