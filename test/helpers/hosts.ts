import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArchive } from '../../src/host/recorded/archive.ts';
import { recordedMoments, type RecordedMoment } from '../../src/host/recorded/host.ts';
import { folderPath } from '../../src/host/recorded/key-names.ts';
import { textOf } from '../../src/host/recorded/txtar.ts';
import type { Host } from '../../src/host/host.ts';

const folder = fileURLToPath(new URL('../hosts/', import.meta.url));

export const hostArchive = (name: string): string => `${folder}${name}.txtar`;

/** Names of all recorded hosts: the archives in test/hosts. */
export const hostNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.txtar'))
  .map((file) => file.slice(0, -'.txtar'.length))
  .toSorted();

const known = new Map<string, readonly RecordedMoment[]>();
const unchanging = new WeakSet<Host>();

/** Moments of a recorded host, in order: the same objects for each caller in a test file, and each reading is made once. */
export function hostMoments(name: string): readonly RecordedMoment[] {
  const moments = known.get(name) ?? recordedMoments(hostArchive(name), name).map(({ at, host }) => ({ at, host: cached(host) })); // prettier-ignore
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

/** One file of a recorded host, by its name in the archive: `t0/talk/libvirt /run/libvirt/libvirt-sock-ro < domains`. */
export function hostText(host: string, name: string): string {
  const entry = readArchive(hostArchive(host)).files.get(folderPath(name));
  if (!entry) throw new Error(`${host} has no ${name}`);
  return textOf(entry);
}
