import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Limit of the path: sun_path has 104 bytes on the smallest system, and ssh appends 17 characters while it binds. */
const LONGEST_FOLDER = 104 - 17 - '/control'.length;

/** New folder with mode 0700 and a random name (mkdtemp). */
export async function privateFolder(): Promise<string> {
  const wanted = [process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'];
  for (const parent of wanted) {
    if (!parent?.startsWith('/') || Buffer.byteLength(join(parent, 'crashcart-123456')) > LONGEST_FOLDER) continue;
    const made = await mkdtemp(join(parent, 'crashcart-')).catch(() => undefined);
    if (made !== undefined) return made;
  }
  return mkdtemp('/tmp/crashcart-');
}
