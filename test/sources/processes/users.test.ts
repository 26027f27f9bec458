import { expect, test } from 'vitest';
import { users } from '../../../src/sources/processes/users.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('users names each UID of /etc/passwd', async () => {
  const { names } = await sampleOf(users, 'hidepid');
  expect([0, 1, 1004, 7].map((uid) => names.get(uid))).toEqual(['root', 'daemon', 'guest', undefined]);
});
