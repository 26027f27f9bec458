import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Cache of a test file: that of the engineer who runs the tests is neither read nor written. */
const folder = mkdtempSync(join(tmpdir(), 'crashcart-cache-'));
process.env['XDG_CACHE_HOME'] = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
