import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Bundles a Python package into one text: `import program from './a_package/__main__.py?program'`. Each module stays a module: the
 * text registers them in `sys.modules`, dependencies first, so that names of one are not seen in another and a traceback names module and
 * line. Comments, docstrings, annotations and what only mypy reads are left out; each line stays at its number. The docstring of the entry
 * stands at the head, as comments: who finds the program in `ps` on a host reads what it is.
 */
export interface PythonProgram {
  readonly text: string;
  /** Paths of the modules in the text. */
  readonly files: readonly string[];
}

/** Modules of Python 3.5's library that a program on a host may use; a package of the host by name, imported where it is needed. */
const OF_THE_HOST = new Set(
  (
    '_ssl array base64 bisect calendar codecs collections ctypes errno fcntl fnmatch glob http.client itertools json lzma operator os pty queue re resource select selectors shutil ' +
    'signal socket ssl stat struct subprocess sys termios threading time zlib rados'
  ).split(' '),
);

/** All modules are compiled before the first runs: the compiler's memory goes back to the host in one piece (0.7 MB of 12). */
const LOADER = `import sys
modules=[]
def load(name,source):
 module=sys.modules[name]=type(sys)(name)
 modules.append((compile(source,"<"+name+">","exec",0,True),module.__dict__))
`;
const START = 'while modules:exec(*modules.pop(0))\n';

/** The program whose entry module is at a path `…/package/__main__.py`. */
export function bundlePython(entry: string): PythonProgram {
  const root = dirname(dirname(entry));
  const modules = new Map<string, { readonly path: string; readonly text: string }>();
  const add = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name))
      throw new Error(`import cycle: ${[...trail.slice(trail.indexOf(name)), name].join(' → ')}`);
    if (modules.has(name)) return;
    const path = `${join(root, ...name.split('.'))}.py`;
    const text = stripPython(readFileSync(path, 'utf8'), name);
    for (const { module, line } of importsOf(text)) {
      const where = `${name}, line ${line}`;
      if (module.startsWith('.')) throw new Error(`${where}: relative import of ${module}, write the whole name`);
      if (OF_THE_HOST.has(module)) continue;
      if (!module.includes('.') || !existsSync(`${join(root, ...module.split('.'))}.py`))
        throw new Error(`${where}: no module ${module} beside it, nor among those of a host's Python`);
      add(module, [...trail, name]);
    }
    modules.set(name, { path, text });
  };
  add(`${basename(dirname(entry))}.${basename(entry, '.py')}`, []);
  const calls = [...modules].map(([name, { text }]) => `load("${name}",r'''${text}''')\n`);
  const [, about = ''] = /^"""([^]*?)"""/.exec(readFileSync(entry, 'utf8')) ?? [];
  const head = about.trim() === '' ? '' : `# ${about.trim().replaceAll('\n', '\n# ')}\n`;
  return { text: head + LOADER + calls.join('') + START, files: [...modules.values()].map(({ path }) => path) };
}

/** Modules that a stripped source imports, at any depth of its functions. */
function importsOf(stripped: string): readonly { readonly module: string; readonly line: number }[] {
  const code = stripped.replaceAll(TOKEN, (token, _comment?: string, string?: string) =>
    string === undefined ? token : `""${newlines(token)}`,
  );
  return code.split('\n').flatMap((text, at) => {
    const from = /^\s*from\s+([\w.]+)\s+import\b/.exec(text)?.[1];
    const plain = /^\s*import\s+(.+)$/.exec(text)?.[1];
    const names = from === undefined ? (plain?.split(',') ?? []) : [from];
    return names.map((name) => ({ module: name.trim().split(/\s/, 1)[0] ?? '', line: at + 1 }));
  });
}

/** A comment, a string, a bracket or the end of a line. */
const TOKEN =
  /(#[^\n]*)|((?:\b[rbuRBU]{1,2})?(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'))|[()[\]{}]|\\\n|\n/g;

const newlines = (text: string): string => '\n'.repeat(text.split('\n').length - 1);

/** A source without what does not run. `name` is for the error message. */
export function stripPython(source: string, name: string): string {
  let out = '';
  let at = 0;
  let depth = 0;
  // Whether nothing of the logical line was seen yet.
  let fresh = true;
  const code = (text: string, raw: boolean): void => {
    if (text.trim() !== '' || raw) fresh = false;
    out += text;
  };
  for (const match of source.matchAll(TOKEN)) {
    const [token, comment, string] = match;
    code(source.slice(at, match.index), false);
    at = match.index + token.length;
    if (comment !== undefined) continue;
    if (string !== undefined && fresh && depth === 0 && /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.test(source.slice(at))) {
      out = alone(source, match.index, at) ? `${out}pass` : out.replace(/[ \t]+$/, '');
      out += newlines(string);
    } else if (token === '\n' || token === '\\\n') {
      out = `${out.replace(/[ \t]+$/, '')}${token}`;
      if (token === '\n' && depth === 0) fresh = true;
    } else {
      if (string === undefined) depth += '([{'.includes(token) ? 1 : -1;
      code(token, true);
    }
  }
  code(source.slice(at), false);
  const stripped = withoutTypes(withoutAnnotations(out));
  if (/\bMYPY\b/.test(stripped))
    throw new Error(`${name}: MYPY stands in the head of an "if" at the first column only`);
  if (stripped.includes("'''")) throw new Error(`${name}: holds ''', which ends the text of its module`);
  return `${indentedByOne(stripped, name).trimEnd()}\n`;
}

/** Whether the statement from `start` to `end` is the only one in its block. */
function alone(source: string, start: number, end: number): boolean {
  const indent = start - (source.lastIndexOf('\n', start - 1) + 1);
  const rest = /^[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*([ \t]*)\S/.exec(source.slice(end));
  return indent > 0 && (rest?.[1]?.length ?? 0) < indent;
}

/** Blank lines in the place of `MYPY = False` and of what stands below `if MYPY:`. */
const withoutTypes = (source: string): string =>
  source.replaceAll(/^MYPY = False$/gm, '').replaceAll(/^if MYPY:\n(?:(?:[ \t]+[^\n]*)?\n)*/gm, newlines);

/** Heads of functions without the types of parameters and results. */
function withoutAnnotations(source: string): string {
  let out = '';
  let at = 0;
  for (const def of source.matchAll(/^[ \t]*def \w+\(/gm)) {
    if (def.index < at) continue;
    const head = def.index + def[0].length;
    out += source.slice(at, head);
    at = head;
    let depth = 1;
    // In a parameter's name, its type or its default; at depth 0 behind the parameters.
    let part: 'name' | 'type' | 'default' = 'name';
    const tokens = /"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|[()[\]{}]|[:,=]|->|[^"'()[\]{}:,=-]+|-/g;
    tokens.lastIndex = head;
    for (let match = tokens.exec(source); match; match = tokens.exec(source)) {
      const [token] = match;
      if ('([{'.includes(token)) depth += 1;
      if (')]}'.includes(token)) depth -= 1;
      at = tokens.lastIndex;
      if (depth === 0 && token === ':') {
        out += token;
        break;
      }
      if (depth === 1 && token === ',') part = 'name';
      else if (depth === 1 && token === '=') part = 'default';
      else if (depth === 1 && token === ':' && part === 'name') part = 'type';
      else if (depth === 0 && token === ')') {
        out += token;
        part = 'type';
        continue;
      }
      out += part === 'type' ? newlines(token) : token;
    }
  }
  return out + source.slice(at);
}

/** Each level one space deep, in the place of four; lines within brackets begin at the first column. */
function indentedByOne(source: string, name: string): string {
  let depth = 0;
  let at = 0;
  let line = 1;
  let out = indentOf(source, 0, false);
  function indentOf(text: string, start: number, within: boolean): string {
    const spaces = /^ */.exec(text.slice(start, start + 200))?.[0].length ?? 0;
    at = start + spaces;
    if (within) return '';
    if (spaces % 4 !== 0 && text[at] !== '\n')
      throw new Error(`${name}, line ${line}: indented by ${spaces} spaces, not by fours`);
    return ' '.repeat(spaces / 4);
  }
  for (const match of source.matchAll(TOKEN)) {
    const [token, , string] = match;
    out += source.slice(at, match.index) + token;
    at = match.index + token.length;
    line += token.split('\n').length - 1;
    if (string !== undefined) continue;
    if ('([{'.includes(token)) depth += 1;
    else if (')]}'.includes(token)) depth -= 1;
    else out += indentOf(source, at, depth > 0 || token === '\\\n');
  }
  return out + source.slice(at);
}

const PROGRAM = /\.py\?program$/;

/** The module of TypeScript that holds the program of an id `…/__main__.py?program`; undefined for any other. */
export function pythonModule(id: string): { readonly code: string; readonly files: readonly string[] } | undefined {
  if (!PROGRAM.test(id)) return undefined;
  const { text, files } = bundlePython(id.replace(/\?program$/, ''));
  return { code: `export default ${JSON.stringify(text)};\n`, files };
}

/** For Vite, and so for tests. */
export const pythonPrograms = {
  name: 'python-programs',
  enforce: 'pre',
  load(this: { readonly addWatchFile: (path: string) => void }, id: string) {
    const found = pythonModule(id);
    for (const file of found?.files ?? []) this.addWatchFile(file);
    return found?.code;
  },
  // The cache of Vitest knows the program's main module only: a change of another one would go unseen.
  configureVitest({ defineCacheKeyGenerator }: CacheOfVitest) {
    defineCacheKeyGenerator(({ id }) => (PROGRAM.test(id) ? false : undefined));
  },
} as const;

interface CacheOfVitest {
  readonly defineCacheKeyGenerator: (callback: (of: { readonly id: string }) => false | undefined) => void;
}
