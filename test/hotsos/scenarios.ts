import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import '../../bench/lib/raw-text.ts';

/** A scenario test of hotsos: a report with a fault, or the same without it. */
export interface Scenario {
  /** `kernel/disk_failure`. */
  readonly name: string;
  /** The check that it tests; several tests share one. */
  readonly target: string;
  /** Whether an issue or a bug is expected. */
  readonly hasFault: boolean;
  /** Attributes of hotsos that the test replaces: then the files alone may lack the fault. */
  readonly patched: readonly string[];
  /** Inline files; undefined where the test uses the whole data root. */
  readonly files: Readonly<Record<string, string>> | undefined;
  readonly copied: readonly string[];
}

const SCENARIOS = 'hotsos/defs/tests/scenarios';
const DATA_ROOTS = 'tests/unit/fake_data_root';
/** Data roots of folders of scenarios, as set up in tests/unit of hotsos; others use `openstack`. */
const ROOTS: readonly (readonly [folder: string, root: string])[] = [
  ['storage/ceph/ceph-mon', 'storage/ceph-mon'],
  ['storage/ceph/ceph-mgr', 'storage/ceph-mon'],
  ['storage/ceph/common', 'storage/ceph-mon'],
  ['kubernetes', 'kubernetes'],
  ['rabbitmq', 'rabbitmq'],
  ['mysql', 'vault'],
  ['pacemaker', 'vault'],
  ['vault', 'vault'],
  ['openstack/sunbeam', 'sunbeam'],
];

/** YAML to JSON by PyYAML, which hotsos needs too. */
const TO_JSON = `
import glob, json, os, sys, yaml
os.chdir(sys.argv[1])
print(json.dumps({f[:-5]: yaml.safe_load(open(f)) for f in sorted(glob.glob('**/*.yaml', recursive=True))}, default=str))`;

interface TestDefinition {
  readonly 'target-name'?: string;
  readonly 'raised-issues'?: unknown;
  readonly 'raised-bugs'?: unknown;
  readonly 'data-root'?: {
    readonly files?: Readonly<Record<string, string | null>> | null;
    readonly 'copy-from-original'?: readonly string[] | null;
  };
  readonly mock?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const isExpected = (raised: unknown): boolean =>
  typeof raised === 'object' && raised !== null && Object.keys(raised).length > 0;

/** All scenario tests of a checkout. */
export function scenariosOf(checkout: string): readonly Scenario[] {
  const text = execFileSync('python3', ['-c', TO_JSON, join(checkout, SCENARIOS)], { maxBuffer: 1 << 28 });
  const tests = JSON.parse(text.toString('utf8')) as Readonly<Record<string, TestDefinition>>;
  return Object.entries(tests).map(([name, test]) => {
    const { files, 'copy-from-original': copied } = test['data-root'] ?? {};
    return {
      name,
      target: test['target-name'] ? join(dirname(name), test['target-name'].replace(/\.yaml$/, '')) : name,
      hasFault: isExpected(test['raised-issues']) || isExpected(test['raised-bugs']),
      patched: Object.values(test.mock ?? {}).flatMap((patches) => Object.keys(patches)),
      files: files
        ? Object.fromEntries(Object.entries(files).map(([path, content]) => [path, content ?? '']))
        : undefined,
      copied: copied ?? [],
    } satisfies Scenario;
  });
}

/** Runs with a folder that holds the report of a scenario, as hotsos lays it out; undefined where the checkout lacks it. */
export async function withReport<Result>(
  checkout: string,
  { name, files, copied }: Scenario,
  run: (folder: string) => Promise<Result>,
): Promise<Result> {
  const root = ROOTS.find(([folder]) => name.startsWith(`${folder}/`))?.[1] ?? 'openstack';
  const original = join(checkout, DATA_ROOTS, root);
  if (files === undefined) return run(original);
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-hotsos-'));
  try {
    mkdirSync(join(folder, 'sos_commands'));
    for (const path of ['sos_commands/date/date', ...copied]) {
      const from = join(original, path);
      if (existsSync(from)) cpSync(from, join(folder, path), { recursive: true, verbatimSymlinks: true });
    }
    for (const [path, content] of Object.entries(files)) {
      // Files of mocks lie outside of the report.
      if (path.startsWith('/')) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a folder is a checkout of hotsos. */
export const isCheckout = (folder: string): boolean =>
  existsSync(join(folder, SCENARIOS)) && readdirSync(join(folder, DATA_ROOTS)).length > 0;
