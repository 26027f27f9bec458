import type { Session } from '../collect/session.ts';
import type { Screen } from './screen.ts';
import type { Watch } from './watch.ts';

/** Opens the session of the console of a host of the fleet; a second call gives the same one. */
export type OpenHost = (name: string) => Promise<Session>;

/** Consoles of the hosts of a fleet, over its matrix: each keeps its tabs and views until the end. */
export class HostConsoles {
  readonly #screen: Screen;
  readonly #open: OpenHost;
  readonly #watchOf: (session: Session) => Watch;
  readonly #watches = new Map<Session, Watch>();
  readonly #names = new Map<Session, string>();
  #fleet: Watch | undefined;

  constructor(screen: Screen, open: OpenHost, watchOf: (session: Session) => Watch) {
    this.#screen = screen;
    this.#open = open;
    this.#watchOf = watchOf;
  }

  /** Opens the console of a host in the place of the matrix, unless the engineer went elsewhere while it connected. */
  async open(name: string): Promise<void> {
    const screen = this.#screen;
    const fleet = screen.watch;
    screen.notify(`opening ${name}`);
    const session = await this.#open(name);
    if (!fleet || screen.watch !== fleet) return;
    const watch = this.#watches.get(session) ?? this.#watchOf(session);
    this.#watches.set(session, watch);
    this.#names.set(session, name);
    this.#fleet = fleet;
    this.#show(watch);
  }

  /** Returns to the matrix; false where that is shown. */
  back(): boolean {
    if (!this.#fleet) return false;
    const fleet = this.#fleet;
    this.#fleet = undefined;
    this.#show(fleet);
    return true;
  }

  /** Sessions of the fleet, where a console is over it, and of all consoles that were opened. */
  sessions(): readonly Session[] {
    return [...(this.#fleet ? [this.#fleet.session] : []), ...this.#names.keys()];
  }

  /** Name of the host whose console has this session. */
  nameOf(session: Session): string | undefined {
    return this.#names.get(session);
  }

  /** Names of the fleet and the host whose console is shown; none over the matrix. */
  crumbs(): readonly string[] {
    return this.#fleet === undefined
      ? []
      : [this.#fleet.session.host.name, this.#screen.watch?.session.host.name ?? ''];
  }

  #show(watch: Watch): void {
    const screen = this.#screen;
    screen.layers.clear();
    screen.endNotice();
    // Sources of a console in the background are read at rest.
    screen.watch?.session.show([]);
    watch.surface.forget();
    watch.theme = screen.theme;
    screen.watch = watch;
    watch.session.show(watch.sourceIds());
    screen.changed();
  }
}
