import { homedir } from 'node:os';
import { plain } from '../../lib/plain.ts';

/** Path as it is shown: `~/.ssh/id_ed25519`, sanitised. */
export function homePath(path: string): string {
  const home = `${homedir()}/`;
  return plain(path.startsWith(home) ? `~/${path.slice(home.length)}` : path);
}
