import { lines } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Names of local users: passwd(5), `www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin`. Users of a directory service
 * are not in it and show as their UID.
 */
export const users = defineSource({
  id: 'users',
  title: 'User names',
  why: 'Shows user names, not UIDs, of processes. The file holds no passwords.',
  everySeconds: 'once',
  reads: { passwd: { kind: 'file', path: '/etc/passwd' } },
  parse: ({ passwd }) => {
    const names = new Map<number, string>();
    for (const line of lines(passwd ?? '')) {
      const [name, , uid] = line.split(':');
      if (name && uid && /^\d{1,10}$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
    }
    return { names };
  },
  identifiers: ({ names }) =>
    named(
      'user',
      [...names].map(([uid, name]) => (uid >= FIRST_PERSON && uid < AFTER_PERSONS ? name : undefined)),
    ),
});

/** UID_MIN and UID_MAX of login.defs(5): other users are on every machine (Debian gives 60000 to 64999 to packages). */
const FIRST_PERSON = 1000;
const AFTER_PERSONS = 60_000;
