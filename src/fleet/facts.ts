import { dmi } from '../sources/machine/dmi.ts';
import { identity } from '../sources/machine/identity.ts';
import { drivers } from '../sources/network/drivers.ts';
import { packages, type PackagesSample } from '../sources/packages/packages.ts';
import { filesystems } from '../sources/storage/filesystems.ts';
import { defineSource } from '../sources/source.ts';
import type { Moment } from '../timeline/moment.ts';

/** Texts of facts that hosts have in common, each once in memory: 300 hosts with 1 000 packages have few different versions. */
export type Interner = (text: string) => string;

export function interner(): Interner {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found === undefined) known.set(text, text);
    return found ?? text;
  };
}

const MAX_FACTS = 20_000;

const packageFacts = (sample: PackagesSample | undefined, intern: Interner): readonly string[] =>
  [...(sample?.packages.values() ?? [])]
    .filter(({ state, version }) => version !== undefined && state !== 'config-files' && state !== 'not-installed')
    .slice(0, MAX_FACTS)
    .map(({ name, version }) => intern(`package ${name} ${version}`));

/** Versions of installed packages as facts alone: a glance keeps them of hundreds of hosts. */
export const packageVersions = (intern: Interner) =>
  defineSource({
    id: 'package-versions',
    title: 'Versions of packages',
    why: 'Shows versions that hosts with a problem share.',
    everySeconds: 3600,
    reads: packages.reads,
    ...(packages.follows && { follows: packages.follows }),
    parse: (values): readonly string[] => packageFacts(packages.parse(values), intern),
  });

/** Sources of facts; those that were not read give none. */
export const factNeeds = { identity, packages, filesystems, drivers, dmi, versions: packageVersions((text) => text) };

/** Facts of one host, made again after a change of what they are made of. */
export class HostFacts {
  readonly #intern: Interner;
  #basis: readonly unknown[] = [];
  #facts: readonly string[] = [];
  #packages: { readonly sample: unknown; readonly facts: readonly string[] } = { sample: undefined, facts: [] };

  constructor(intern: Interner) {
    this.#intern = intern;
  }

  at(moment: Moment<typeof factNeeds>): readonly string[] {
    const { identity: host, packages: all, versions, filesystems: mounts, drivers: cards, dmi: machine } = moment;
    const own = [
      ...(host.now?.kernel === undefined ? [] : [`kernel ${host.now.kernel}`]),
      ...(host.now?.os === undefined ? [] : [`os ${host.now.os}`]),
      ...(host.now?.arch === undefined ? [] : [`arch ${host.now.arch}`]),
      ...bootFacts(host.now?.uptimeSeconds, host.history.at(-1)?.wallMs),
      ...(mounts.now?.filesystems ?? []).map(({ target, type }) => `mount ${target} ${type}`),
      ...[...(cards.now?.cards.values() ?? [])].flatMap(({ name, driver }) =>
        driver === undefined ? [] : [`driver ${name} ${driver}`],
      ),
      ...(machine.now?.product === undefined ? [] : [`product ${machine.now.product}`]),
      ...(machine.now?.biosVersion === undefined ? [] : [`bios ${machine.now.biosVersion}`]),
    ];
    const sample = all.now ?? versions.now;
    if (sample !== this.#packages.sample)
      this.#packages = { sample, facts: all.now ? packageFacts(all.now, this.#intern) : (versions.now ?? []) };
    const basis = [...own, this.#packages.facts];
    if (basis.length !== this.#basis.length || basis.some((part, i) => part !== this.#basis[i])) {
      this.#basis = basis;
      this.#facts = [...own.map(this.#intern), ...this.#packages.facts];
    }
    return this.#facts;
  }
}

/** Hour of the boot: hosts of one power failure or one maintenance share it. */
function bootFacts(uptimeSeconds: number | undefined, readMs: number | undefined): readonly string[] {
  if (uptimeSeconds === undefined || readMs === undefined) return [];
  return [`booted ${new Date(readMs - uptimeSeconds * 1000).toISOString().slice(0, 13)}h`];
}
