import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults, type NamedFault } from './lib/named-faults.ts';

/**
 * Faults of md, device-mapper, LVM, btrfs, xfs, multipath, SCSI, NFS, bonds and vxlan in a guest with a kernel that has them, named on the
 * Overview over SSH. The guest runs without KVM, an order of magnitude slower than a real host: with `CRASHCART_LAB_ALL=1` only.
 */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
const NAMED_MS = 60_000;
/** Lines of the Overview among which a fault stands: events of those before it stay for a day. */
const AMONG = 12;

vi.setConfig({ testTimeout: 180_000 });

const open = (login: string) =>
  // With the default budget of 2 % this slow guest would be read rarely.
  new Console(['--budget', '60', '-F', join(labDir, 'disks/ssh_config'), `${login}@disks`], {
    columns: 200,
    rows: 120,
  });

describe.skipIf(!ALL)('guest with mapped disks', () => {
  let screen: Console;
  beforeAll(async () => {
    await lab('disks', 'up');
    screen = open('root');
    await screen.until('LIVE', 60_000);
  }, 600_000);
  afterAll(async () => {
    await screen[Symbol.asyncDispose]();
    if (broughtUpHere('disks')) await lab('disks', 'down');
  });

  const FAULTS: readonly NamedFault[] = [
  ['md', /md0 +degraded, 1 of 2 disks active/, ['Storage', /md0 +md +degraded, 1 of 2/]],
  ['io-error', /db +error target, all I\/O fails/, ['Storage', /dm-\d+ +error +error target/]],
  ['slow', /db +delay: await [\d.]+m?s at [\d.]+ IOPS, disks below/, ['Storage', /dm-\d+ +delay .* 3\d\dms/]],
  ['thin', /vg0-pool-tpool +thin pool out of data space, writes wait/, ['Storage', /dm-\d+ +thin pool +out of data space.*100%/]],
  ['btrfs', /vd[fg].* +(?:btrfs errors: \d+ corruption|BTRFS error)/, ['Storage', /\/srv\/btr +btrfs/]],
  ['xfs', /dm-\d+ +XFS (?:error|shut down)|\/srv\/logs +xfs: statfs fails with EIO/, ['Storage', /dm-\d+ +flakey/]],
  ['path', /mpatha +multipath: 1 path of 2 lost \(failed\)/, ['Storage', /dm-\d+ +multipath/]],
  ['medium', /sda +medium error/, ['Storage', /sda +disk/]],
  ['link', /bond0 +degraded, 1 of 2 members up/],
  ['mtu', /vx42 +.*1450.*1350/],
]; // prettier-ignore
  namesFaults('disks', () => screen, FAULTS, { namedMs: NAMED_MS, among: AMONG });

  const LONG: readonly NamedFault[] = [
  ['rebuild', /md0 +degraded, 1 of 2 disks active, recovery [\d.]+%/, ['Storage', /md0 +md +degraded, 1 of 2, recovery/]],
  ['hung', /db +mapped device suspended, all I\/O waits/, ['Storage', /dm-\d+ +.*suspended/]],
  ['nfs', /\/mnt\/nas +nfs4 unresponsive for \d+ s|127\.0\.0\.1 +NFS server not responding/],
  ['oom-unit', /oom +.*lab-hog/],
  ['oom-host', /oom +.*lab-eater|oom +.*python3/],
  ['lacp', /bond0 +no LACP partner/],
]; // prettier-ignore
  namesFaults('disks', () => screen, LONG, { namedMs: NAMED_MS, among: AMONG });

  describe('faults that stand at the connection', () => {
    beforeAll(async () => {
      await lab('disks', 'break', 'md', 'thin');
      return async () => void (await lab('disks', 'repair', 'md', 'thin'));
    }, 120_000);

    it('Overview names an array and a thin pool to root', async () => {
      await using root = open('root');
      await root.until('LIVE', 60_000);
      const startMs = performance.now();
      await root.until([/md0 +degraded, 1 of 2 disks active/, /vg0-pool-tpool +thin pool out of data space/], NAMED_MS);
      console.log(`named ${((performance.now() - startMs) / 1000).toFixed(1)} s after the connection`);
    });

    it('Overview names the array to a login without root, and shows why not the pool', async () => {
      await using guest = open('guest');
      await guest.until(/md0 +degraded, 1 of 2 disks active/, NAMED_MS);
      await guest.go('Storage');
      const text = await guest.until(/md0 +md +degraded, 1 of 2/, NAMED_MS);
      expect(text).not.toContain('out of data space');
    });
  });
});
