import { describe, expect, test } from 'vitest';
import { procMount } from '../../../src/sources/processes/proc-mount.ts';

const status = (groups: string, capabilities = '0000000000000000', gid = 1004) =>
  `Name:\tcat\nUid:\t1004\t1004\t1004\t1004\nGid:\t${gid}\t${gid}\t${gid}\t${gid}\nGroups:\t${groups}\nCapEff:\t${capabilities}\n`;
const GUEST = status('1004 ');
const ROOT = status('0', '000001ffffffffff', 0);

const parsed = (options: string | undefined, self: string | undefined = GUEST) => procMount.parse({ options, self });

describe('proc-mount', () => {
  test.each([
    ['rw,nosuid,nodev,noexec,relatime', 0],
    ['rw,relatime,hidepid=off', 0],
    ['rw,relatime,hidepid=1', 1],
    ['rw,relatime,hidepid=noaccess', 1],
    ['rw,relatime,hidepid=2', 2],
    ['rw,relatime,hidepid=invisible', 2],
    ['rw,relatime,hidepid=4', 4],
    ['rw,relatime,hidepid=ptraceable', 4],
    ['rw,relatime,hidepid=later', undefined],
  ])('reads %s as hidepid %s', (options, hidepid) => {
    expect(parsed(`${options}\n`)).toEqual({
      hidepid,
      hidesOthers: hidepid && hidepid > 0 ? true : hidepid === 0 ? false : undefined,
    });
  });

  test('proc-mount takes the visible mount when another lies below it', () => {
    expect(parsed('rw,relatime\nrw,relatime,hidepid=invisible\n').hidepid).toBe(2);
    expect(parsed('rw,relatime,hidepid=invisible\nrw,relatime\n').hidepid).toBe(0);
  });

  test('proc-mount exempts members of its gid, except with hidepid=4', () => {
    const member = status('44 1004');
    expect(parsed('rw,gid=44,hidepid=2', member).hidesOthers).toBe(false);
    expect(parsed('rw,gid=1004,hidepid=2').hidesOthers).toBe(false);
    expect(parsed('rw,gid=45,hidepid=2', member).hidesOthers).toBe(true);
    expect(parsed('rw,gid=44,hidepid=4', member).hidesOthers).toBe(true);
    // Group root where no gid is named.
    expect(parsed('rw,hidepid=1', status('0 1004')).hidesOthers).toBe(false);
  });

  test('proc-mount exempts root and CAP_SYS_PTRACE', () => {
    for (const hidepid of [1, 2, 4]) expect(parsed(`rw,gid=44,hidepid=${hidepid}`, ROOT).hidesOthers).toBe(false);
    expect(parsed('rw,hidepid=2', status('1004', '0000000000080000')).hidesOthers).toBe(false);
    expect(parsed('rw,hidepid=2', status('1004', '0000000000040000')).hidesOthers).toBe(true);
  });

  test('proc-mount is undefined when findmnt or status is missing', () => {
    expect(parsed(undefined)).toEqual({ hidepid: undefined, hidesOthers: undefined });
    expect(procMount.parse({ options: 'rw,hidepid=2', self: undefined })).toEqual({
      hidepid: 2,
      hidesOthers: undefined,
    });
  });
});
