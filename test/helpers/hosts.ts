import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../src/host/host.ts';
import { recordedMoments } from '../../src/host/recorded/host.ts';

const folder = fileURLToPath(new URL('../hosts/', import.meta.url));

/** Names of all recorded hosts: the folders in test/hosts. */
export const hostNames: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

type Moments = ReturnType<typeof recordedMoments>;
const known = new Map<string, Moments>();
const unchanging = new WeakSet<Host>();

/** A recorded host, moment by moment: the same objects for each caller of a test file, and each file of a host is read once. */
export function hostMoments(name: string): Moments {
  const moments = known.get(name) ?? recordedMoments(`${folder}${name}`, name).map(({ at, host }) => ({ at, host: cached(host) })); // prettier-ignore
  known.set(name, moments);
  return moments;
}

/** Whether a host gives the same for a read each time: one of `hostMoments`. */
export const isUnchanging = (host: Host): boolean => unchanging.has(host);

function cached(host: Host): Host {
  const readings = new Map<string, unknown>();
  const caching: Host = {
    ...host,
    read: async (what) => {
      const key = JSON.stringify(what);
      const reading = readings.get(key) ?? host.read(what);
      readings.set(key, reading);
      // Kept under the read that it answers.
      return reading as ReturnType<typeof host.read<typeof what>>;
    },
  };
  unchanging.add(caching);
  return caching;
}
