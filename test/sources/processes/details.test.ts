import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryByNode, placement, processNuma, type NumaSample } from '../../../src/sources/processes/numa.ts';
import { processFiles } from '../../../src/sources/processes/files.ts';
import { processSockets } from '../../../src/sources/processes/sockets.ts';
import { processStatus } from '../../../src/sources/processes/status.ts';
import { processThreads } from '../../../src/sources/processes/threads.ts';
import { statFields } from '../../../src/sources/processes/proc-stat.ts';
import { anyAnswer, badNumber } from '../../helpers/arbitrary.ts';

const target = { pid: 450 };
const rest =
  'S 1 450 450 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 1 0 388064 5050368 200 18446744073709551615 1 1 1 1 1 0 0 0 0 1 1 0 17 5 0 0';

describe('proc-stat with a hostile name', () => {
  test.each(['x) Z 0\n1 (init', 'a b', ')', '((', '\u001B[2J', ''])('%j', (name) => {
    const stat = statFields(`450 (${name}) ${rest}`);
    expect(stat).toMatchObject({ pid: 450, command: name, state: 'S' });
    expect([stat?.field(14), stat?.field(22), stat?.field(39)]).toEqual([250, 388_064, 5]);
  });
});

describe('threads', () => {
  const parse = (stat: string, schedstat?: string) =>
    processThreads.parse(
      {
        stats: new Map([['/proc/450/task/451/stat', stat]]),
        schedstats: schedstat === undefined ? undefined : new Map([['/proc/450/task/451/schedstat', schedstat]]),
        wchans: new Map([['/proc/450/task/451/wchan', 'futex_wait_queue']]),
        uptime: '350735.47 234388.90\n',
      },
      target,
    );

  test('processThreads takes ns of schedstat, else ticks', () => {
    expect(parse(`451 (x) Z 0\n1 (init) ${rest}`, '1050444000 2360239000 1\n')).toEqual({
      uptimeSeconds: 350_735.47,
      threads: [
        {
          tid: 451,
          name: 'x) Z 0\n1 (init',
          state: 'S',
          lastCpu: 5,
          cpuSeconds: 1.050444,
          delaySeconds: 2.360239,
          wchan: 'futex_wait_queue',
        },
      ],
    });
    expect(parse(`451 (x) ${rest}`).threads[0]).toMatchObject({ cpuSeconds: 3, delaySeconds: undefined });
  });
});

describe('open files', () => {
  test('processFiles parses kinds, inodes and the limit', () => {
    const sample = processFiles.parse(
      {
        links: new Map([
          ['/proc/450/fd/0', '/dev/null'],
          ['/proc/450/fd/3', 'socket:[358358]'],
          ['/proc/450/fd/4', 'anon_inode:[eventpoll]'],
          ['/proc/450/fd/5', '/var/log/x.log (deleted)'],
          ['/proc/450/fd/6', 'pipe:[408875]'],
          ['/proc/450/fd/7', '/tmp/socket:[358358]'],
        ]),
        limits:
          'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            20000                40000                files     \n',
      },
      target,
    );
    expect(sample.softLimit).toBe(20_000);
    expect(sample.files?.map(({ fd, kind, inode }) => [fd, kind, inode])).toEqual([
      [0, 'device', undefined],
      [3, 'socket', 358_358],
      [4, 'anonymous', undefined],
      [5, 'deleted', undefined],
      [6, 'pipe', 408_875],
      [7, 'file', undefined],
    ]);
  });

  test.each([undefined, new Map<string, string>()])(
    'processFiles is undefined, not empty, when not readable: %j',
    (links) => expect(processFiles.parse({ links, limits: undefined }, target).files).toBeUndefined(),
  );
});

describe('sockets', () => {
  const nothing = { tcp: undefined, tcp6: undefined, udp: undefined, udp6: undefined, unix: undefined };
  const tail = '00:00000000 00000000     0        0';

  test('processSockets parses IPv4, IPv6 and unix', () => {
    const sockets = processSockets.parse(
      {
        tcp: `  sl  local_address rem_address   st\n   0: 0100007F:0912 0200000A:01BB 01 0000000A:000000FF ${tail} 11 1 x\n   1: 00000000:0016 00000000:0000 0A 00000000:00000003 ${tail} 12 1 x\n`,
        tcp6: `  sl\n   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 ${tail} 13 1 x\n   1: B80D0120000000000000000001000000:0050 0000000000000000FFFF00000100007F:1F90 08 00000000:00000000 ${tail} 14 1 x\n`,
        udp: `  sl\n  5: 00000000:0035 00000000:0000 07 00000000:00000000 ${tail} 15 2 x 0\n`,
        udp6: undefined,
        unix: 'Num       RefCount Protocol Flags    Type St Inode Path\n0000000001bd9022: 00000003 00000000 00000000 0001 03 16\n0000000001bd9023: 00000002 00000000 00010000 0001 01 17 /run/a b.sock\n0000000001bd9024: 00000002 00000000 00000000 0002 01 18 @abstract\n',
      },
      target,
    );
    const shown = [...sockets.values()].map(({ local, remote, state }) => [local, remote, state]);
    expect(shown).toEqual([
      ['127.0.0.1:2322', '10.0.0.2:443', 'ESTAB'],
      ['0.0.0.0:22', '0.0.0.0:*', 'LISTEN'],
      ['[::1]:80', '[::]:*', 'LISTEN'],
      ['[2001:db8::1]:80', '[::ffff:127.0.0.1]:8080', 'CLOSE-WAIT'],
      ['0.0.0.0:53', '0.0.0.0:*', 'UNCONN'],
      ['', undefined, 'ESTAB'],
      ['/run/a b.sock', undefined, 'LISTEN'],
      ['@abstract', undefined, 'UNCONN'],
    ]);
    expect(sockets.get(11)).toMatchObject({ sendBytes: 10, receiveBytes: 255 });
    expect(sockets.get(12)).toMatchObject({ receiveBytes: 3 });
  });

  test('processSockets skips TIME-WAIT without an inode', () => {
    const tcp = `  sl\n   0: 0100007F:0912 0200000A:01BB 06 00000000:00000000 ${tail} 0 3 x\n`;
    expect(processSockets.parse({ ...nothing, tcp }, target).size).toBe(0);
  });
});

describe('NUMA placement', () => {
  const maps = (node: number) =>
    `7f8600000000 bind:${node} anon=25600 dirty=25600 active=0 N${node}=25600 kernelpagesize_kB=4
7fa22ac00000 bind:3 file=/anon_hugepage\\040(deleted) huge anon=16 dirty=16 N3=16 kernelpagesize_kB=2048
7fa22ac00000 default file=/x\\040N7=99 mapped=1 N0=1 kernelpagesize_kB=4
7f8621c53000 bind:1
`;

  test('processNuma sums pages by node, in the page size of each mapping', () =>
    expect(memoryByNode(maps(1))).toEqual([
      { node: 0, kiB: 4, hugeKiB: 0 },
      { node: 1, kiB: 102_400, hugeKiB: 0 },
      { node: 3, kiB: 32_768, hugeKiB: 32_768 },
    ]));

  const sample = (cpus: string): NumaSample =>
    processNuma.parse(
      {
        maps: maps(1),
        status: `Name:\tlabmem\nCpus_allowed:\t03\nCpus_allowed_list:\t${cpus}\nMems_allowed_list:\t0-3\n`,
        stat: `450 (lab) mem) ${rest}`,
        nodeCpus: new Map(
          [0, 1, 2, 3].map((node) => [`/sys/devices/system/node/node${node}/cpulist`, `${2 * node}-${2 * node + 1}\n`]),
        ),
      },
      target,
    );

  test('placement is misplaced when memory is remote to the bound CPUs', () => {
    const misplaced = sample('0-1');
    expect(misplaced).toMatchObject({ cpuNodes: [0], lastCpu: 5, lastNode: 2, memsAllowedText: '0-3' });
    expect(placement(misplaced)).toMatchObject({
      misplaced: true,
      sentence: 'misplaced: 76 % of its memory on node 1, bound to CPUs of node 0',
    });
  });

  test('placement is not misplaced when local or free to move', () => {
    expect(placement(sample('2-3,6-7'))?.misplaced).toBe(false);
    expect(placement(sample('0-7'))).toMatchObject({ misplaced: false });
    expect(placement(sample('0-7'))?.sentence).toContain('free to run anywhere, last on node 2');
  });

  test('placement leaves out the last node when it is unknown', () =>
    expect(placement({ ...sample('0-7'), lastNode: undefined })?.sentence).toMatch(/free to run anywhere$/));

  test('placement is undefined when there is one node', () =>
    expect(placement({ ...sample('0-1'), nodes: [0] })).toBeUndefined());
});

test('processStatus has the resident size of stat when the status has none, as in the process table', () => {
  const values = { wchan: undefined, oomScore: undefined, oomAdjust: undefined, program: undefined, folder: undefined, uidMap: undefined }; // prettier-ignore
  const of = (stat: string) => processStatus.parse({ ...values, stat, status: 'Uid:\t0\t0\t0\t0\n' }, target);
  expect(of(`450 (x) ${rest}`)).toMatchObject({ rssKiB: 800, peakRssKiB: undefined, swapKiB: undefined });
  // A thread of the kernel has no memory.
  expect(of(`450 (x) ${rest.replace(' 200 ', ' 0 ')}`).rssKiB).toBeUndefined();
});

test('processStatus has the tracer, undefined without one', () => {
  const parse = (tracer: string) =>
    processStatus.parse(
      {
        stat: `450 (x) ${rest}`,
        status: `VmRSS:\t  104560 kB\nVmSwap:\t       0 kB\nTracerPid:\t${tracer}\nNSpid:\t450\t7\nUid:\t100033\t0\t0\t0\nnonvoluntary_ctxt_switches:\t12\n`,
        wchan: '0',
        oomScore: '666\n',
        oomAdjust: '-999\n',
        program: new Map([['/proc/450/exe', '/usr/bin/perl']]),
        folder: undefined,
        uidMap: '0 100000 65536\n',
      },
      target,
    );
  expect(parse('99')).toMatchObject({
    startTicks: 388_064,
    tracerPid: 99,
    pidInside: 7,
    uidInside: 33,
    rssKiB: 104_560,
    swapKiB: 0,
    forcedSwitches: 12,
    oomScore: 666,
    oomAdjust: -999,
    program: '/usr/bin/perl',
    folder: undefined,
    wchan: undefined,
    peakRssKiB: undefined,
  });
  expect(parse('0').tracerPid).toBeUndefined();
});

test.each([processFiles, processNuma, processSockets, processStatus, processThreads])(
  '$id parses anything',
  (source) => {
    const reads = Object.entries(source.reads(target));
    const values = Object.fromEntries(
      reads.map(([name, what]) => [name, fc.option(anyAnswer(what, []), { nil: undefined, freq: 8 })]),
    );
    fc.assert(
      fc.property(fc.record(values), (given) => {
        // The record has the reads of this source.
        expect(badNumber(source.parse(given as never, target))).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  },
);
