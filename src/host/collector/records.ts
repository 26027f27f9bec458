import { ProtocolError } from './frames.ts';

/** Records decodes numbers and texts from a body; throws at a truncated one. */
export class Records {
  readonly #body: Buffer;
  readonly #what: string;
  #at = 0;

  /** `what`: kind of record, for the message. */
  constructor(body: Buffer, what: string) {
    this.#body = body;
    this.#what = what;
  }

  get more(): boolean {
    return this.#at < this.#body.length;
  }

  byte(): number {
    return this.#body[this.#step(1)] ?? 0;
  }

  uint32(): number {
    return this.#body.readUInt32LE(this.#step(4));
  }

  text(size: number): string {
    const start = this.#step(size);
    return this.#body.toString('utf8', start, start + size);
  }

  #step(size: number): number {
    const start = this.#at;
    this.#at += size;
    if (this.#at > this.#body.length) throw new ProtocolError(`a ${this.#what} record that is longer than its frame`);
    return start;
  }
}
