/**
 * Bundles src/cli.ts into dist/crashcart.mjs, one ESM file, with the MCP SDK and the licences of what went into both beside it.
 * `node scripts/build.ts [--entry FILE] [--outfile FILE] [--analyze]`
 */
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { analyzeMetafile, build, type BuildOptions, type Plugin } from 'esbuild';
import { pythonModule } from './python-bundle.ts';

const root = resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    entry: { type: 'string', default: join(root, 'src/cli.ts') },
    outfile: { type: 'string', default: join(root, 'dist/crashcart.mjs') },
    analyze: { type: 'boolean', default: false },
  },
});

/** Native modules stay outside: ssh2 does without its two. blessed's terminal widget (`term.js`, `pty.js`) is not used. */
const external = ['@lydell/node-pty', 'cpu-features', '*.node', 'term.js', 'pty.js'];

/** blessed-contrib's charts ask for all of blessed (screen, program, 40 widgets); they use these. */
const BLESSED = ['node', 'element', 'box', 'list', 'log', 'text'];
const leanBlessed: Plugin = {
  name: 'lean-blessed',
  setup(bundler) {
    // Its deprecated constructor makes Node write a warning, into the middle of the screen.
    bundler.onLoad({ filter: /\/drawille-blessed-contrib\/index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace('new Buffer(width*height/8)', 'Buffer.alloc(width*height/8)');
      if (contents === text) throw new Error(`${path} has changed: look at its Buffer again`);
      return { contents, loader: 'js' };
    });
    bundler.onResolve({ filter: /^blessed$/ }, () => ({ path: 'blessed', namespace: 'lean-blessed' }));
    bundler.onLoad({ filter: /.*/, namespace: 'lean-blessed' }, () => ({
      contents: BLESSED.map((name) => {
        const title = name.charAt(0).toUpperCase() + name.slice(1);
        return `exports.${title} = exports.${name} = require('blessed/lib/widgets/${name}');`;
      }).join('\n'),
      loader: 'js',
      resolveDir: root,
    }));
  },
};

/** Ink connects to React's developer tools where DEV=true: not in a program that handles other people's hosts. */
const noDevtools: Plugin = {
  name: 'no-devtools',
  setup(bundler) {
    bundler.onLoad({ filter: /\/ink\/build\/devtools\.js$/ }, () => ({ contents: '', loader: 'js' }));
  },
};

/** `import text from './player.js?raw'`: as Vite spells it, so that the same line works in tests. */
const rawText: Plugin = {
  name: 'raw-text',
  setup(bundler) {
    bundler.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'raw-text',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'raw-text' }, async ({ path }) => ({
      contents: await readFile(path, 'utf8'),
      loader: 'text',
      watchFiles: [path],
    }));
  },
};

/** `import program from './a_package/__main__.py?program'`. */
const pythonProgram: Plugin = {
  name: 'python-program',
  setup(bundler) {
    bundler.onResolve({ filter: /\.py\?program$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      namespace: 'python-program',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'python-program' }, ({ path }) => {
      const { code, files } = pythonModule(path)!;
      return { contents: code, loader: 'js', watchFiles: [...files] };
    });
  },
};

/** The demangler's WebAssembly, which Node imports as a module: compressed in the bundle, compiled when a name is first demangled. */
const packedDemangler: Plugin = {
  name: 'packed-demangler',
  setup(bundler) {
    bundler.onLoad({ filter: /\/gecko-profiler-demangle\/index\.js$/ }, async ({ path }) => {
      const packed = brotliCompressSync(await readFile(join(dirname(path), 'index_bg.wasm'))).toString('base64');
      const contents = `
        import { brotliDecompressSync } from 'node:zlib';
        import * as bindings from './index_bg.js';
        export * from './index_bg.js';
        const code = new WebAssembly.Module(brotliDecompressSync(Buffer.from('${packed}', 'base64')));
        const { exports } = new WebAssembly.Instance(code, { './index_bg.js': bindings });
        bindings.__wbg_set_wasm(exports);
        exports.__wbindgen_start();`;
      return { contents, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

/** The MCP SDK as a file by itself, which is loaded by `crashcart mcp` alone: its text would cost every start. */
const SDK = { entry: join(root, 'src/mcp/sdk.ts'), file: 'mcp-sdk.mjs' };
const sdkApart: Plugin = {
  name: 'sdk-apart',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/sdk\.ts$/ }, ({ resolveDir }) =>
      resolve(resolveDir, 'sdk.ts') === SDK.entry ? { path: `./${SDK.file}`, external: true } : undefined,
    );
  },
};

/** What CommonJS packages expect of their surroundings. */
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  jsx: 'automatic',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // React and Ink choose what they are by these.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  external,
  banner: { js: banner },
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

const started = performance.now();
const folder = dirname(options.outfile);
// Built beside its place and renamed into it: a program that starts meanwhile finds the old one or the new one, whole.
const fresh = `${options.outfile}.${process.pid}.tmp`;
const freshSdk = join(folder, `${SDK.file}.${process.pid}.tmp`);
const plugins = [leanBlessed, noDevtools, rawText, pythonProgram, packedDemangler, sdkApart];
const [{ metafile }, sdk] = await Promise.all([
  build({ ...common, entryPoints: [options.entry], outfile: fresh, plugins }),
  build({ ...common, entryPoints: [SDK.entry], outfile: freshSdk }),
]);

const packages = packagesOf([metafile, sdk.metafile].flatMap(({ inputs }) => Object.keys(inputs)));
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'LICENSES.txt'), await licencesOf(packages));
await rename(freshSdk, join(folder, SDK.file));
await rename(fresh, options.outfile);
const kib = (await stat(options.outfile)).size / 1024;
console.log(
  `${relative(process.cwd(), options.outfile)}  ${kib.toFixed(0)} KiB from ${packages.length} packages, ` +
    `${(performance.now() - started).toFixed(0)} ms`,
);
if (options.analyze) console.log(await analyzeMetafile(metafile));

/** Folders `node_modules/[@scope/]name` that the inputs came from, sorted. */
function packagesOf(inputs: readonly string[]): string[] {
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders.map((folder) => resolve(root, folder.replace(/^[a-z-]+:/, ''))))].toSorted();
}

/** One entry a package: name, version, licence, and the licence's own text where the package carries it. */
async function licencesOf(folders: readonly string[]): Promise<string> {
  const notes = ['crashcart contains the following software.'];
  for (const folder of folders) {
    // A package's own description: written by others, so every field may be absent.
    const about = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      readonly name?: string;
      readonly version?: string;
      readonly license?: string | { readonly type?: string };
    };
    const licence = typeof about.license === 'string' ? about.license : (about.license?.type ?? 'see its text');
    const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    notes.push(`${about.name ?? basename(folder)} ${about.version ?? ''} (${licence})\n\n${texts.join('\n\n').trim()}`);
  }
  return `${notes.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
