import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { LiveHost } from '../../host/host.ts';
import { Ramp } from './ramp.ts';

/** pam_faillock locks an account at the third failure by default (faillock.conf, deny), and hosts of one directory count together. */
const MAX_REFUSED = 2;
const DIGEST_BYTES = 32;

const digest = promisify<string, Buffer, number, Buffer>(scrypt);

export interface GroupHost {
  readonly name: string;
  readonly unlockRoot: LiveHost['unlockRoot'];
}

export interface GroupResult {
  readonly host: string;
  /** Why root is not open; undefined where it is. */
  readonly reason: string | undefined;
}

/** Whether a host is connected and has no root. */
export const isLocked = (live: LiveHost): boolean => live.link().state === 'live' && live.root().state !== 'root';

/**
 * GroupUnlock opens root on many hosts with one password. Until a host has accepted it the hosts are tried one by one, and no further
 * ones after two refusals; then the others, a few at a time. The password is kept nowhere: a host that refused it is known by a salted
 * digest, and is not given it a second time.
 */
export class GroupUnlock {
  readonly #salt = randomBytes(16);
  /** Digests of passwords by the host that refused them. */
  readonly #refused = new Map<string, Set<string>>();

  async run(hosts: readonly GroupHost[], password: string): Promise<readonly GroupResult[]> {
    const known = (await digest(password, this.#salt, DIGEST_BYTES)).toString('base64');
    const [before, fresh] = [hosts.filter(({ name }) => this.#refused.get(name)?.has(known)), hosts.filter(({ name }) => !this.#refused.get(name)?.has(known))]; // prettier-ignore
    const results = before.map(({ name }): GroupResult => ({ host: name, reason: 'not tried again: it refused this password before' })); // prettier-ignore
    const refusing: string[] = [];
    const attempt = async ({ name, unlockRoot }: GroupHost): Promise<boolean> => {
      const problem = await unlockRoot(password);
      if (problem?.refused) {
        refusing.push(name);
        this.#refused.set(name, new Set([...(this.#refused.get(name) ?? []), known]));
      }
      results.push({ host: name, reason: problem?.reason });
      return problem === undefined;
    };
    const waiting = [...fresh];
    let isAccepted = false;
    for (let host = waiting.shift(); host; host = waiting.shift()) {
      isAccepted = await attempt(host);
      if (isAccepted || refusing.length >= MAX_REFUSED) break;
    }
    const ramp = new Ramp();
    if (isAccepted) await Promise.all(waiting.map((host) => ramp.run(() => attempt(host))));
    else
      for (const { name } of waiting)
        results.push({ host: name, reason: `not tried: ${refusing.join(' and ')} refused the password` });
    return results;
  }
}
