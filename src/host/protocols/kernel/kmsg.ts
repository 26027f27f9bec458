import type { Pipe } from '../../transport.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';
import { RecordLog, recordsOfDmesg } from './record-log.ts';

const PATH = '/dev/kmsg';
const REQUEST = 'records';
const DMESG = ['dmesg', '--raw'];

/**
 * Kernel log by /dev/kmsg (Documentation/ABI/testing/dev-kmsg): the collector keeps it open, so that a request without new records costs a
 * system call. The reply is the text of `RecordLog`.
 */
export const kmsg: Protocol = {
  name: 'kmsg',
  what: 'the kernel log (/dev/kmsg)',
  allowed: [`${REQUEST}: the newest records, those of level warn and above longest`],
  refusal: (to, request) => (to === PATH && request === REQUEST ? undefined : `${to} < ${request}: not the kernel log`),
  commands: [DMESG.join(' ')],
  fallback: () => ({
    by: 'dmesg',
    everySeconds: 30,
    reply: async (run) => {
      const reading = await run(DMESG);
      if (!reading.ok) throw new DaemonError(reading.why, reading.detail);
      return new RecordLog().add(recordsOfDmesg(reading.value)).text();
    },
  }),
  connect: (dial) => new KernelLogConnection(dial),
};

/** Reply that is awaited: at most one, since the queue sends one request at a time. */
interface PendingReply {
  readonly parts: Buffer[];
  /** Last three bytes; a reply begins as after a line end. */
  tail: string;
  readonly resolve: (records: string) => void;
  readonly reject: (error: DaemonError) => void;
}

class KernelLogConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #queue = new RequestQueue();
  readonly #log = new RecordLog();
  #pipe: Pipe | undefined;
  #pending: PendingReply | undefined;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    return this.#queue.run(request, timeoutMs, async () => {
      const { stdin } = (this.#pipe ??= await this.#open());
      const records = await new Promise<string>((resolve, reject) => {
        this.#pending = { parts: [], tail: '\n', resolve, reject };
        stdin.write('\n');
      });
      return this.#log.add(records).text();
    });
  }

  close(): void {
    this.#pipe?.kill();
    this.#lose();
  }

  async #open(): Promise<Pipe> {
    const pipe = await this.#dial();
    pipe.stdout.on('data', (part: Buffer) => this.#take(part));
    void this.#loseAfter(pipe);
    return pipe;
  }

  /** Adds a part of the reply, which a line with a dot ends. */
  #take(part: Buffer): void {
    const pending = this.#pending;
    if (!pending) return;
    const { parts, resolve } = pending;
    parts.push(part);
    pending.tail = (pending.tail + part.subarray(-3).toString('latin1')).slice(-3);
    if (pending.tail !== '\n.\n') return;
    this.#pending = undefined;
    resolve(Buffer.concat(parts).toString('utf8').slice(0, -2));
  }

  async #loseAfter(pipe: Pipe): Promise<void> {
    await pipe.exited;
    if (this.#pipe === pipe) this.#lose();
  }

  #lose(): void {
    this.#pipe = undefined;
    this.#pending?.reject(new DaemonError('failed', `${PATH}: closed`));
    this.#pending = undefined;
  }
}
