import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recordedMoments } from '../../src/host/recorded/host.ts';

const folder = fileURLToPath(new URL('../hosts/', import.meta.url));

/** Names of all recorded hosts: the directories in test/hosts. */
export const hostNames: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

/** Moments of a recorded host, in order. */
export const hostMoments = (name: string) => recordedMoments(`${folder}${name}`, name);
