import type { InventoryHost } from '../fleet/inventory.ts';
import { namedHosts } from '../fleet/live/named-hosts.ts';

/** SSH targets of the hosts of a fleet by name, those added while it is shown included. */
export class FleetTargets {
  readonly #targets: Map<string, string>;
  readonly #from: string | undefined;

  /** `from`: the inventory of the command line, `ansible:FILE`. */
  constructor(named: readonly InventoryHost[], from: string | undefined) {
    this.#targets = new Map(named.map(({ name, target }) => [name, target]));
    this.#from = from;
  }

  names = (): readonly string[] => [...this.#targets.keys()];
  all = (): readonly string[] => [...this.#targets.values()];

  /** Target of a host. Throws a RangeError for another name: a connection without a target is one to this machine. */
  of(name: string): string {
    const target = this.#targets.get(name);
    if (target === undefined) throw new RangeError(`${name}: no target of ssh`);
    return target;
  }

  /** Names of a node set of the same groups and inventory as the command line's. Throws a NodeSetError. */
  expand = (set: string): readonly string[] => this.#added(namedHosts([set], this.#from));

  /** Gives hosts that a cluster names their names as targets, since no inventory has them. Throws a NodeSetError for a name that ssh does not take. */
  addNamed(names: readonly string[]): void {
    this.#added(namedHosts(names.filter((name) => !this.#targets.has(name)), undefined)); // prettier-ignore
  }

  #added(hosts: readonly InventoryHost[]): readonly string[] {
    return hosts.map(({ name, target }) => {
      if (!this.#targets.has(name)) this.#targets.set(name, target);
      return name;
    });
  }
}
