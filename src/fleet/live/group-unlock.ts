import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { LiveHost, UnlockOutcome } from '../../host/host.ts';
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
 * ones after two refusals, in a later run after one; then the others, a few at a time. A host that opens root without a password has
 * not accepted it. The password is kept nowhere: a host that refused it is known by a salted digest, and is not given it a second time.
 */
export class GroupUnlock {
  readonly #salt = randomBytes(16);
  /** Digests of passwords by the host that refused them. */
  readonly #refused = new Map<string, Set<string>>();
  #refusals = 0;

  /** Refusals since a host accepted a password. */
  get refusals(): number {
    return this.#refusals;
  }

  async run(hosts: readonly GroupHost[], password: string): Promise<readonly GroupResult[]> {
    const known = (await digest(password, this.#salt, DIGEST_BYTES)).toString('base64');
    const hasRefused = ({ name }: GroupHost): boolean => this.#refused.get(name)?.has(known) === true;
    const results = hosts.filter(hasRefused).map(({ name }): GroupResult => ({ host: name, reason: REFUSED_BEFORE }));
    const refusing: string[] = [];
    const attempt = async ({ name, unlockRoot }: GroupHost): Promise<UnlockOutcome['password']> => {
      const outcome = await unlockRoot(password);
      if (outcome.password === 'refused') {
        refusing.push(name);
        this.#refused.set(name, new Set([...(this.#refused.get(name) ?? []), known]));
      }
      results.push({ host: name, reason: outcome.reason });
      return outcome.password;
    };
    const most = this.#refusals === 0 ? MAX_REFUSED : 1;
    const waiting = hosts.filter((host) => !hasRefused(host));
    let isAccepted = false;
    for (let host = waiting.shift(); host; host = waiting.shift()) {
      isAccepted = (await attempt(host)) === 'accepted';
      if (isAccepted || refusing.length >= most) break;
    }
    this.#refusals = isAccepted ? 0 : this.#refusals + refusing.length;
    const ramp = new Ramp();
    // Each of these counts refusals of a local account: that of a directory has accepted the password.
    if (isAccepted) await Promise.all(waiting.map((host) => ramp.run(() => attempt(host))));
    else
      for (const { name } of waiting)
        results.push({ host: name, reason: `not tried: ${refusing.join(' and ')} refused the password` });
    return results;
  }
}

const REFUSED_BEFORE = 'not tried again: it refused this password before';
