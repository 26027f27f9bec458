import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigError } from '../config/toml-table.ts';
import { advisoriesOf, type Advisory } from '../entities/packages/advisories.ts';
import { requiredOf, scenariosOf, type Scenario } from '../entities/packages/hotsos-scenario.ts';
import type { TroubleCondition } from '../entities/packages/trouble-condition.ts';
import type { KnownTrouble } from '../findings/packages/known-trouble.ts';
import { json } from '../lib/json.ts';
import { plain } from '../lib/plain.ts';

/** Bounds of what is read: the files may be anybody's. */
export const TROUBLE_LIMITS = {
  files: 60_000,
  yamlBytes: 256 << 10,
  jsonBytes: 4 << 20,
  bytes: 512 << 20,
  depth: 12,
  scenarios: 5000,
  advisories: 300_000,
  /** Aliases of one YAML file, which may nest into very much. */
  aliases: 100,
} as const;

/** Scenarios below it are those of a checkout of hotsos. */
const SCENARIOS = join('hotsos', 'defs', 'scenarios');

/** Reads known trouble below folders: scenarios of hotsos (YAML), advisories of OSV and Ubuntu (JSON). Throws a ConfigError. */
export function readKnownTrouble(folders: readonly string[]): KnownTrouble {
  const scenarios: Scenario[] = [];
  const advisories: Advisory[] = [];
  const budget = { files: 0, bytes: 0 };
  for (const named of folders) {
    const folder = resolve(named.replace(/^~(?=\/|$)/, homedir()));
    const checkout = join(folder, SCENARIOS);
    const top = isFolder(checkout) ? checkout : folder;
    if (!isFolder(top)) throw new ConfigError(`${plain(folder)}: not a folder. Check --rules and knownTrouble.`);
    const found = [scenarios.length, advisories.length];
    walk(top, [], budget, {
      yaml: (path, required) => {
        if (scenarios.length < TROUBLE_LIMITS.scenarios) scenarios.push(...scenariosOf(yamlOf(path), relative(top, path), required)); // prettier-ignore
      },
      json: (path) => {
        if (advisories.length < TROUBLE_LIMITS.advisories) advisories.push(...documents(json(readFileSync(path, 'utf8'))).flatMap(advisoriesOf)); // prettier-ignore
      },
    });
    if (scenarios.length === found[0] && advisories.length === found[1])
      throw new ConfigError(`${plain(folder)}: neither scenarios of hotsos nor OSV or USN documents in it.`); // prettier-ignore
  }
  return { scenarios, advisories };
}

/** A file has one document, or a list of them. */
const documents = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

interface Visitor {
  readonly yaml: (path: string, required: readonly TroubleCondition[]) => void;
  readonly json: (path: string) => void;
}

/** Regular files of a folder, without symbolic links. A YAML file with the name of its folder sets what those below it require. */
function walk(
  folder: string,
  above: readonly TroubleCondition[],
  budget: { files: number; bytes: number },
  visitor: Visitor,
  depth = 0,
): void {
  const names = readdirSync(folder).toSorted();
  const own = `${basename(folder)}.yaml`;
  const required = names.includes(own) && sizeOf(join(folder, own)) !== undefined ? [...above, ...requiredOf(yamlOf(join(folder, own)))] : above; // prettier-ignore
  for (const name of names) {
    const path = join(folder, name);
    const seen = statOf(path);
    if (seen?.isDirectory() === true && !name.startsWith('.') && depth < TROUBLE_LIMITS.depth) {
      walk(path, required, budget, visitor, depth + 1);
      continue;
    }
    const size = sizeOf(path);
    if (size === undefined) continue;
    budget.files++;
    budget.bytes += size;
    if (budget.files > TROUBLE_LIMITS.files || budget.bytes > TROUBLE_LIMITS.bytes)
      throw new ConfigError(`${plain(dirname(path))}: more than ${TROUBLE_LIMITS.files} files or ${TROUBLE_LIMITS.bytes >> 20} MiB. Name a folder with less.`); // prettier-ignore
    if (/\.ya?ml$/.test(name)) visitor.yaml(path, required);
    else visitor.json(path);
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;

/** Size of a file that is read; undefined for others and for what is too large. */
function sizeOf(path: string): number | undefined {
  const most = /\.ya?ml$/.test(path)
    ? TROUBLE_LIMITS.yamlBytes
    : path.endsWith('.json')
      ? TROUBLE_LIMITS.jsonBytes
      : -1;
  const seen = most < 0 ? undefined : statOf(path);
  return seen?.isFile() === true && seen.size <= most ? seen.size : undefined;
}

/** Value of a YAML file with texts as its only scalars; undefined for an invalid one. */
function yamlOf(path: string): unknown {
  try {
    const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'failsafe', logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: TROUBLE_LIMITS.aliases });
  } catch {
    return undefined;
  }
}
