import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A unix socket's path has 104 bytes on the smallest system; ssh puts 17 characters behind the name while it binds. */
const LONGEST_FOLDER = 104 - 17 - '/control'.length;

/** A new folder that only we may enter (mkdtemp gives mode 0700 and a name that cannot be guessed). */
export async function privateFolder(): Promise<string> {
  const wanted = [process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'];
  for (const parent of wanted) {
    if (!parent?.startsWith('/') || Buffer.byteLength(join(parent, 'crashcart-123456')) > LONGEST_FOLDER) continue;
    const made = await mkdtemp(join(parent, 'crashcart-')).catch(() => undefined);
    if (made !== undefined) return made;
  }
  return mkdtemp('/tmp/crashcart-');
}
