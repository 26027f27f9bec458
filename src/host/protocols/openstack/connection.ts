import { ProgramConnection } from '../program-connection.ts';
import { DaemonError, type DaemonConnection, type Dial } from '../protocol.ts';

/** Consent to one file with credentials, of clouds.yaml to one cloud in it. */
export const AGREE = /^agree (\/[^\0\n#]{1,300}(?:#[\w.-]{1,64})?)$/;

/** Requests to the program on the host, which is not started for the APIs before the engineer agreed to credentials. */
export class OpenstackConnection implements DaemonConnection {
  readonly #program: ProgramConnection;
  /** Name of the credentials that were agreed to. */
  #agreed: string | undefined;

  constructor(dial: Dial) {
    // One request at a time of each kind, so that a slow API delays no log.
    this.#program = new ProgramConnection(dial, (request) => request.split(' ', 1)[0] ?? '');
  }

  async request(request: string, timeoutMs: number): Promise<string> {
    const name = AGREE.exec(request)?.[1];
    this.#agreed = name ?? this.#agreed;
    if (name === undefined && request !== 'cloud') return this.#program.request(request, timeoutMs);
    if (this.#agreed === undefined) throw new DaemonError('absent', 'no credentials agreed to');
    return this.#program.request(`cloud ${this.#agreed}`, timeoutMs).catch((error: unknown) => {
      // Refused credentials are not tried again: that may lock the account.
      if (error instanceof DaemonError && (error.why === 'denied' || error.why === 'absent')) this.#agreed = undefined;
      throw error;
    });
  }

  close(): void {
    this.#program.close();
  }
}
