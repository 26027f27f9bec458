import { expect, test } from 'vitest';
import type { UnlockOutcome } from '../../src/host/host.ts';
import { GroupUnlock, type GroupHost } from '../../src/fleet/live/group-unlock.ts';

const REFUSED: UnlockOutcome = {
  reason: 'sudo refused the password (1 incorrect password attempt)',
  password: 'refused',
};
const FORBIDDEN: UnlockOutcome = { reason: 'sudo: user not allowed to run commands as root', password: 'accepted' };
const OPEN: UnlockOutcome = { reason: undefined, password: 'accepted' };
const NOT_ASKED: UnlockOutcome = { reason: undefined, password: 'not asked' };

/** Hosts with the result of each, and the order in which they were given a password. */
function hostsOf(results: Readonly<Record<string, UnlockOutcome | ((password: string) => UnlockOutcome)>>) {
  const tried: string[] = [];
  const hosts = Object.entries(results).map(([name, result]): GroupHost => ({
    name,
    unlockRoot: async (password) => {
      tried.push(name);
      return typeof result === 'function' ? result(password) : result;
    },
  }));
  return { hosts, tried };
} // prettier-ignore

const byHost = (results: readonly { readonly host: string; readonly reason: string | undefined }[]) =>
  Object.fromEntries(results.map(({ host, reason }) => [host, reason]));

test('GroupUnlock opens root on all hosts, and gives the reason of each without it', async () => {
  const { hosts, tried } = hostsOf({ a: OPEN, b: REFUSED, c: OPEN, d: FORBIDDEN, e: REFUSED, f: REFUSED });
  const results = byHost(await new GroupUnlock().run(hosts, 'pw'));
  expect(results).toEqual({ a: undefined, b: REFUSED.reason, c: undefined, d: FORBIDDEN.reason, e: REFUSED.reason, f: REFUSED.reason }); // prettier-ignore
  expect(tried).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('GroupUnlock tries no further host after two refusals where none accepted: an account of a directory is not locked', async () => {
  const { hosts, tried } = hostsOf({ a: NOT_ASKED, b: REFUSED, c: REFUSED, d: OPEN, e: OPEN });
  const results = byHost(await new GroupUnlock().run(hosts, 'typo'));
  expect(tried).toEqual(['a', 'b', 'c']);
  expect(results['d']).toBe('not tried: b and c refused the password');
  expect(results['e']).toBe('not tried: b and c refused the password');
});

test('GroupUnlock gives a host no password a second time that it refused, another one it does', async () => {
  const accepts = (password: string) => (password === 'second' ? OPEN : REFUSED);
  const { hosts, tried } = hostsOf({ a: OPEN, b: accepts });
  const unlock = new GroupUnlock();
  await unlock.run(hosts, 'first');
  tried.length = 0;
  expect(byHost(await unlock.run(hosts, 'first'))['b']).toBe('not tried again: it refused this password before');
  expect(tried).toEqual(['a']);
  expect(byHost(await unlock.run(hosts, 'second'))['b']).toBeUndefined();
});

test('GroupUnlock gives the password to at most five hosts at a time, once one has accepted it', async () => {
  let running = 0;
  let most = 0;
  const hosts = Array.from({ length: 20 }, (_, i): GroupHost => ({
    name: `node${i}`,
    unlockRoot: async () => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 5));
      running--;
      return OPEN;
    },
  }));
  const results = await new GroupUnlock().run(hosts, 'pw');
  expect(results.filter(({ reason }) => reason === undefined)).toHaveLength(20);
  expect(most).toBe(5);
});

test('GroupUnlock stops at the first refusal after refusals of an earlier password', async () => {
  const { hosts, tried } = hostsOf({
    a: REFUSED,
    b: REFUSED,
    c: (password) => (password === 'right' ? OPEN : REFUSED),
  });
  const unlock = new GroupUnlock();
  await unlock.run(hosts, 'typo');
  expect(unlock.refusals).toBe(2);
  tried.length = 0;
  expect(byHost(await unlock.run(hosts, 'other typo'))['b']).toBe('not tried: a refused the password');
  expect(tried).toEqual(['a']);
  await unlock.run(hosts.slice(2), 'right');
  expect(unlock.refusals).toBe(0);
});
