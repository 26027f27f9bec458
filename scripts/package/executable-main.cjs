'use strict';
// Entry of the single executable, as bin/crashcart.cjs is of an installed folder. Its files are assets of the executable.
const { createRequire, enableCompileCache, registerHooks } = require('node:module');
const { dirname, join } = require('node:path');
const { getAsset } = require('node:sea');
const { pathToFileURL } = require('node:url');

const { env, argv, execPath } = process;
const malloc = JSON.parse(getAsset('malloc.json', 'utf8'));
const OURS = 'CRASHCART_MALLOC';
/** A script of crashcart's that runs in a process by itself: the askpass program of ssh. */
const script = env['CRASHCART_SCRIPT'];

if (script !== undefined && argv[2] === script) {
  delete env['CRASHCART_SCRIPT'];
  argv.splice(1, 1);
  createRequire(script)(script);
} else {
  env['NODE_ENV'] ??= 'production';
  if (env[OURS]) for (const name of [OURS, ...Object.keys(malloc)]) delete env[name];
  // glibc reads its settings when a program begins.
  else if (!Object.keys(malloc).some((name) => name in env))
    process.execve(execPath, argv.slice(1), { ...env, ...malloc, [OURS]: '1' });
  enableCompileCache?.();
  run();
}

/** The main script of an executable is a CommonJS module whose import() takes built-in modules alone: it goes by a module of the hooks. */
function run() {
  const start = { url: at('bin/start.cjs'), format: 'commonjs', source: 'module.exports = (url) => import(url)' };
  const modules = ['crashcart.mjs', 'mcp-sdk.mjs'].map((name) => ({
    url: at(`dist/${name}`),
    format: 'module',
    // Read when it is loaded: most starts need the first alone.
    get source() {
      return getAsset(name, 'utf8');
    },
  }));
  const files = new Map([start, ...modules].map((file) => [file.url, file]));
  const urlOf = (specifier, { parentURL }) =>
    specifier === './mcp-sdk.mjs' ? new URL(specifier, parentURL).href : specifier;
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = files.get(urlOf(specifier, context));
      return found ? { url: found.url, format: found.format, shortCircuit: true } : next(specifier, context);
    },
    load: (url, context, next) => {
      const found = files.get(url);
      return found ? { format: found.format, source: found.source, shortCircuit: true } : next(url, context);
    },
  });
  createRequire(execPath)(start.url)(modules[0].url);
}

/** Address beside the executable, of a file that is not on disk. */
function at(path) {
  return pathToFileURL(join(dirname(execPath), path)).href;
}
