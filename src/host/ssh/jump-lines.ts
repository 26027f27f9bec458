import type { Ssh2Connection } from './ssh2-connection.ts';

/** Use of a connection to a jump host by one target. */
export interface JumpLease {
  readonly line: Ssh2Connection;
  /** Ends the use; the connection closes with the last one. */
  readonly close: () => void;
}

interface Shared {
  readonly opening: Promise<Ssh2Connection>;
  uses: number;
}

/**
 * Connections to jump hosts by their account and way: one login per bastion for all targets behind it, which its sshd counts as one
 * (MaxStartups). Forwarded channels are not limited by MaxSessions.
 */
export class JumpLines {
  readonly #lines = new Map<string, Shared>();

  /** The connection of that key, opened by the first; rejects with the error of `open` for all that wait for it. */
  async lease(key: string, open: () => Promise<Ssh2Connection>): Promise<JumpLease> {
    const shared = this.#lines.get(key) ?? this.#opened(key, open);
    shared.uses++;
    const line = await shared.opening;
    let isOpen = true;
    return {
      line,
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        if (--shared.uses > 0) return;
        this.#forget(key, shared);
        void line.close();
      },
    };
  }

  #opened(key: string, open: () => Promise<Ssh2Connection>): Shared {
    const shared: Shared = { opening: open(), uses: 0 };
    this.#lines.set(key, shared);
    shared.opening.then(
      (line) => line.events.onLost(() => this.#forget(key, shared)),
      () => this.#forget(key, shared),
    );
    return shared;
  }

  #forget(key: string, shared: Shared): void {
    if (this.#lines.get(key) === shared) this.#lines.delete(key);
  }
}
