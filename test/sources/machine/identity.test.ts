import { expect, test } from 'vitest';
import { identity } from '../../../src/sources/machine/identity.ts';

const nothing = {
  osRelease: undefined,
  hostname: undefined,
  kernel: undefined,
  build: undefined,
  arch: undefined,
  bootId: undefined,
  machineId: undefined,
  cmdline: undefined,
  uptime: undefined,
};

test('identity parses names, uptime and boot parameters', () => {
  const sample = identity.parse({
    ...nothing,
    osRelease: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    hostname: 'custnuma1\n',
    kernel: '6.1.0-56-cloud-amd64\n',
    cmdline: 'BOOT_IMAGE=/vmlinuz root=UUID=1 ro quiet iommu=pt\n',
    uptime: '350735.47 234388.90\n',
  });
  expect(sample).toMatchObject({
    os: 'Debian GNU/Linux 12 (bookworm)',
    osId: 'debian',
    osVersion: '12',
    hostname: 'custnuma1',
    kernel: '6.1.0-56-cloud-amd64',
    arch: undefined,
    uptimeSeconds: 350_735.47,
  });
  expect(sample.bootParameters).toContain('iommu=pt');
});

test('identity unquotes values of os-release', () => {
  const os = (text: string) => identity.parse({ ...nothing, osRelease: text }).os;
  expect(os("PRETTY_NAME='A B'")).toBe('A B');
  expect(os(String.raw`PRETTY_NAME="A \"B\" \$C"`)).toBe('A "B" $C');
  expect(os('NAME=Alpine')).toBe('Alpine');
  expect(os('PRETTY_NAME=""')).toBeUndefined();
});
