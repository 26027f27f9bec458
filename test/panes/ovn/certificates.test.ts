import { expect, test } from 'vitest';
import { certificatePaths } from '../../../src/entities/ovn/certificate-paths.ts';
import { endWords } from '../../../src/panes/ovn/certificates.ts';
import { ovnCertificates } from '../../../src/sources/ovn/certificates.ts';
import type { OvsDbSample } from '../../../src/sources/ovs/db.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { readPolicy } from '../../../src/subsystems/index.ts';

test('certificatePaths reads command lines of the daemons and SSL tables, never keys', () => {
  const processes = [
    ['ovn-controller', 'ovn-controller -p /etc/ovn/key_host -c /etc/ovn/cert_host -C /etc/ovn/ovn-central.crt'],
    ['ovsdb-server', 'ovsdb-server --private-key=/k.pem --certificate=/etc/ovn/cert_host --ca-cert=db:OVN,SSL,ca_cert'],
    ['nginx', 'nginx -c /etc/nginx/nginx.conf'],
  ].map(([command, commandLine], pid) => ({ pid, uid: 0, command, commandLine }) as Process);
  // The paths are made of this field alone.
  const db = { certificates: ['/etc/openvswitch/sc-cert.pem'] } as unknown as OvsDbSample;
  expect(certificatePaths(new Map(processes.map((one) => [one.pid, one])), db, undefined)).toEqual([
    { path: '/etc/ovn/cert_host', usedBy: 'ovn-controller, ovsdb-server' },
    { path: '/etc/ovn/ovn-central.crt', usedBy: 'ovn-controller' },
    { path: '/etc/openvswitch/sc-cert.pem', usedBy: 'database of Open vSwitch' },
  ]);
});

test('certificatePaths leaves out a program of a user that has the name of a daemon, and daemons of containers', () => {
  const daemon = { command: 'ovn-controller', commandLine: 'ovn-controller -c /etc/ovn/cert' };
  const container = { kind: 'docker', name: 'ovn', id: '0' } as const;
  const service = { kind: 'service', name: 'ovn-controller.service' } as const;
  const pathsOf = (process: Partial<Process>) =>
    // The paths are made of these fields alone.
    certificatePaths(new Map([[7, { ...daemon, ...process } as Process]]), undefined, undefined).length;
  expect(pathsOf({ uid: 0 })).toBe(1);
  expect(pathsOf({ uid: 998, owner: service })).toBe(1);
  expect(pathsOf({ uid: 1000 })).toBe(0);
  expect(pathsOf({ uid: undefined })).toBe(0);
  expect(pathsOf({ uid: 0, owner: container })).toBe(0);
});

test.each([
  ['/etc/ovn/cert_host', true],
  ['/var/lib/openvswitch/pki/switchca/cacert.pem', true],
  ['/etc/ovn/..cert', true],
  ['/dev/watchdog', false],
  ['/proc/7/root/etc/cert', false],
  ['/sys/kernel/debug/x', false],
  ['/etc/../dev/watchdog', false],
  ['/etc/ovn/../../dev/watchdog', false],
  ['/tmp/pipe', false],
  ['/home/eve/link', false],
])('root reads the end date of %s: %s', (path, isAllowed) => {
  const argv = ['openssl', 'x509', '-noout', '-enddate', '-in', path];
  expect(readPolicy.refusal({ kind: 'run', argv, as: 'root' }) === undefined).toBe(isAllowed);
});

const END = { date: '2027-11-30T20:25:50Z', epochSeconds: Date.UTC(2027, 10, 30, 20, 25, 50) / 1000 };

test('ovn-certificates reads notAfter of openssl and the clock of the host, and nothing of other outputs', () => {
  const sample = ovnCertificates.parse(
    {
      stat: 'cpu 1\nbtime 1700000000\n',
      uptime: '50.5 1.0\n',
      '/a': 'notAfter=Nov 30 20:25:50 2027 GMT\n',
      '/b': 'unable to load certificate',
      '/c': undefined,
      '/d': 'notAfter=Nix 30 20:25:50 2027 GMT\n',
    },
    { paths: [] },
  );
  expect([...sample.ends]).toEqual([['/a', END]]);
  expect(sample.hostSeconds).toBe(1_700_000_050.5);
});

test('endWords has the date and what is left, or since when it is expired', () => {
  const { epochSeconds } = END;
  expect(endWords(END, epochSeconds - 3 * 86_400)).toBe('2027-11-30T20:25:50Z, in 3d00h');
  expect(endWords(END, epochSeconds + 7200)).toBe('2027-11-30T20:25:50Z, expired 2h00 ago');
  expect(endWords(END, undefined)).toBe('2027-11-30T20:25:50Z');
});
