import { readPolicy } from '../../../src/subsystems/index.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { guestLog, hasLog } from '../../../src/sources/kvm/guest-log.ts';
import { guestTaps } from '../../../src/sources/kvm/guest-taps.ts';
import { parseDomains } from '../../../src/sources/kvm/libvirt-domains.ts';
import { parseMonitors } from '../../../src/sources/kvm/libvirt-monitor.ts';
import { parseDefinitions } from '../../../src/sources/kvm/libvirt-xml.ts';
import { badNumber } from '../../helpers/arbitrary.ts';
import { libvirtReply } from '../../helpers/guest-host.ts';

const UUID = '1aa6d3af-5652-401e-8316-b5915cf0669d';

test('parseDomains leaves out the id when it is below 0', () => {
  const sample = parseDomains(
    JSON.stringify({
      workersBusyMs: 1500,
      domains: [{ name: 'a', uuid: UUID, id: -1, state: 5, reason: 0 }, { uuid: 'x' }],
    }),
  );
  expect(sample).toEqual({
    workersBusyMs: 1500,
    domains: new Map([[UUID, { name: 'a', uuid: UUID, id: undefined, state: 5, reason: 0 }]]),
  });
  expect(parseDomains('no json')).toBeUndefined();
});

test('parseMonitors reads disks, exits and a migration when a reply has them', () => {
  const stats = {
    'block.count': 1,
    'block.0.name': 'vda',
    'block.0.rd.reqs': 10,
    'block.0.rd.times': 5e7,
    'vcpu.0.exits.sum': 7,
    'balloon.usable': 100,
    'balloon.last-update': 0,
  };
  const job = {
    type: 2,
    operation: 5,
    time_elapsed: 61_000,
    data_total: 1000,
    data_processed: 250,
    memory_dirty_rate: 10,
    memory_page_size: 4096,
  };
  const guest = parseMonitors(
    JSON.stringify({
      atMs: 9000,
      domains: [{ uuid: UUID, id: 3, atMs: 8000, stats, job, diskErrors: [{ disk: 'vda', error: 2 }] }],
    }),
  )?.guests.get(UUID);
  expect(guest).toMatchObject({
    ageSeconds: 1,
    balloon: { usableKiB: 100, updatedEpochSeconds: undefined },
    disks: [{ name: 'vda', read: { requests: 10, ns: 5e7 }, error: 2 }],
    exits: new Map([[0, 7]]),
    job: { operation: 5, elapsedSeconds: 61, dirtyBytesPerSec: 40_960 },
  });
});

test('parseDefinitions reads disks, NICs and pins when the XML is from a real libvirt', () => {
  const definitions = [...(parseDefinitions(libvirtReply('xml')) ?? new Map<string, never>()).values()];
  const db = definitions.find(({ name }) => name === 'lab-db');
  expect(db).toMatchObject({
    vcpus: 2,
    memoryKiB: 262_144,
    vcpuQuotaPct: 12,
    memoryMode: 'strict',
    memoryNodes: [0],
    iothreads: 1,
    iothreadPins: new Map([[1, [0]]]),
    disks: [{ name: 'vda', bus: 'virtio', cache: 'none', iothread: 1, iopsLimit: 200 }],
    nics: [{ tap: 'labtap1', source: 'labbr0', type: 'bridge' }],
  });
  expect(db?.pins).toEqual(
    new Map([
      [0, [0]],
      [1, [1]],
    ]),
  );
});

test('parsers give no bad number when a reply is arbitrary JSON', () => {
  const value = fc.jsonValue();
  fc.assert(
    fc.property(
      value,
      fc.array(
        fc.record({
          uuid: fc.constant(UUID),
          id: value,
          atMs: value,
          stats: value,
          job: value,
          diskErrors: value,
          xml: fc.oneof(fc.string(), value),
        }),
      ),
      (top, domains) => {
        for (const text of [JSON.stringify(top), JSON.stringify({ atMs: top, domains })])
          for (const parse of [parseDomains, parseMonitors, parseDefinitions])
            expect(badNumber(parse(text))).toBeUndefined();
      },
    ),
  );
});

test('guestTaps lists each tap once when it has several queues', () => {
  const parse = (fds: Record<string, string>) => guestTaps.parse({ fds: new Map(Object.entries(fds)) }, { pid: 1 });
  expect(
    parse({
      '/proc/1/fdinfo/32': 'pos:\t0\nflags:\t02\niff:\ttap0\n',
      '/proc/1/fdinfo/33': 'iff:\ttap0\n',
      '/proc/1/fdinfo/1': 'pos: 0\n',
    }),
  ).toEqual(['tap0']);
});

test('guestLog reads only tails of QEMU logs when a name holds a path', () => {
  const read = (name: string) => guestLog.reads({ name }).tail;
  expect(readPolicy.refusal(read('web-3'))).toBeUndefined();
  expect(readPolicy.refusal(read('../../../../etc/shadow\0'))).toContain('not on the read-only list');
  expect(readPolicy.refusal(read('../x'))).toContain('not on the read-only list');
  expect(hasLog('../x')).toBe(false);
  expect(hasLog('web 3')).toBe(true);
});
