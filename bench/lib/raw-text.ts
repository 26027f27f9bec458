import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { pythonModule } from '../../scripts/python-bundle.ts';

/** Hook that makes Node import `./player.js?raw` and `./a_package/__main__.py?program` as text, like Vite and the bundle. Import this first. */
registerHooks({
  load(url, context, next) {
    const program = url.startsWith('file:') ? pythonModule(fileURLToPath(url) + new URL(url).search) : undefined;
    if (program) return { format: 'module', source: program.code, shortCircuit: true };
    if (!url.endsWith('?raw')) return next(url, context);
    const text = readFileSync(fileURLToPath(url), 'utf8');
    return { format: 'module', source: `export default ${JSON.stringify(text)}`, shortCircuit: true };
  },
});
