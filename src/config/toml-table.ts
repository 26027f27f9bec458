import { didYouMean } from '../lib/did-you-mean.ts';
import { plain } from '../lib/plain.ts';

/** Invalid config file: one sentence with file, line, problem and fix. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A file of settings, for the lines in messages. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

export type Values = Readonly<Record<string, unknown>>;

/** Whether a value is a table of TOML. */
export const isTable = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Table of a config file with typed settings; a wrong one throws a ConfigError with its line. */
export class TomlTable {
  readonly values: Values;
  readonly #file: ConfigFile;
  /** As in the file: `panes.ceph`, `rules`; '' for the root. */
  readonly #of: string;
  /** Place in an array of tables. */
  readonly #index: number | undefined;

  constructor(values: Values, file: ConfigFile, of: string, index?: number) {
    this.values = values;
    this.#file = file;
    this.#of = of;
    this.#index = index;
  }

  /** Tables of `[[name]]`; none where there is none. */
  static list(root: Values, name: string, file: ConfigFile): readonly TomlTable[] {
    const list = root[name] ?? [];
    const place = new TomlTable(root, file, '');
    if (!Array.isArray(list) || !list.every(isTable))
      return place.fail(name, `"${name}" must be a list of tables: write [[${name}]] before each`);
    return list.map((values, i) => new TomlTable(values, file, name, i));
  }

  /** Table below this one; empty where the file has none. */
  table(name: string): TomlTable {
    const values = this.values[name] ?? {};
    if (!isTable(values)) return this.fail(name, `"${name}" must be a table: write [${name}] on a separate line`);
    return new TomlTable(values, this.#file, name);
  }

  /** Place of a setting: `config.toml:12`. */
  place(key: string): string {
    const line = lineOf(this.#file.text, key, this.#of, this.#index);
    return `${this.#file.path}${line === undefined ? '' : `:${line}`}`;
  }

  fail(key: string, message: string): never {
    throw new ConfigError(`${this.place(key)}: ${plain(message)}${message.endsWith('?') ? '' : '.'}`);
  }

  /** Refuses settings with other names. */
  known(names: readonly string[]): void {
    for (const name of Object.keys(this.values))
      if (!names.includes(name)) this.fail(name, unknownSetting(this.#name(name), name, names));
  }

  text(key: string): string | undefined {
    const value = this.values[key];
    if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value;
    return this.fail(key, `${this.#name(key)} must be a text: ${key} = "…"`);
  }

  /** Text that must be there. */
  needed(key: string, example: string): string {
    return this.text(key) ?? this.fail('', `a table of ${this.#of} needs ${key}: ${key} = "${example}"`);
  }

  flag(key: string): boolean | undefined {
    const value = this.values[key];
    if (value === undefined || typeof value === 'boolean') return value;
    return this.fail(key, `${this.#name(key)} must be true or false`);
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string')) return value;
    return this.fail(key, `${this.#name(key)} must be a list of texts: ${key} = ["…", "…"]`);
  }

  /** One of some words. */
  oneOf<const Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.text(key);
    const found = words.find((word) => word === value);
    if (value === undefined || found !== undefined) return found;
    return this.fail(key, `${this.#name(key)} must be ${words.join(', ')}${didYouMean(value, words)}`);
  }

  #name(key: string): string {
    return this.#of === '' ? key : `${this.#of}.${key}`;
  }
}

export const unknownSetting = (written: string, name: string, valid: readonly string[]): string =>
  `unknown setting "${written}"${didYouMean(name, valid) || `; valid: ${valid.join(', ')}`}`;

/** Line (from 1) of a setting, since the parser keeps none; undefined for unusual notations. `index`: of `[[table]]`. */
function lineOf(text: string, key: string, table = '', index?: number): number | undefined {
  let current = '';
  let nth = -1;
  let head: number | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.replaceAll(/["'\s]/g, '');
    if (header !== undefined) {
      current = header;
      if (current === table && (index === undefined || ++nth === index)) head = i + 1;
      const whole = table === '' ? key : `${table}.${key}`;
      if (index === undefined && current === whole) return i + 1;
      continue;
    }
    const name = /^\s*["']?([^"'=]+?)["']?\s*=/.exec(line)?.[1];
    if (name === undefined) continue;
    if (current === table && name === key && (index === undefined || nth === index)) return i + 1;
    if (current === '' && table !== '' && (name === `${table}.${key}` || name === table)) return i + 1;
  }
  return head;
}
