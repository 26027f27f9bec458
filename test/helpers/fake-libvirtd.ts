import { PassThrough } from 'node:stream';
import {
  encodeFrame,
  FrameReader,
  MESSAGE,
  REMOTE_PROGRAM,
  STATUS,
  type Frame,
} from '../../src/host/protocols/kvm/libvirt-frames.ts';
import { PROCEDURE } from '../../src/host/protocols/kvm/libvirt-procedures.ts';
import { XdrReader, XdrWriter } from '../../src/host/protocols/kvm/xdr.ts';
import type { Pipe } from '../../src/host/transport.ts';

/** Domain of the fake libvirtd; `state` and `reason` are numbers of virDomainState. */
export interface FakeDomain {
  readonly name: string;
  readonly uuid: Buffer;
  readonly id: number;
  readonly state: number;
  readonly reason: number;
  readonly xml?: string;
  /** Active job. */
  readonly job?: { readonly operation: number; readonly processedBytes: number };
}

/** Running domain `vm-NUMBER`, with changed fields. */
export const fakeDomain = (number: number, changes: Partial<FakeDomain> = {}): FakeDomain => ({
  name: `vm-${number}`,
  uuid: Buffer.alloc(16, number),
  id: number,
  state: 1,
  reason: 1,
  xml: `<domain id='${number}'><name>vm-${number}</name></domain>`,
  ...changes,
});

const domainArgs = (reader: XdrReader) => ({ name: reader.string(), uuid: reader.opaque(16), id: reader.int() });

/**
 * Libvirtd with any number of connections, modelled on replies of a real one: it records its calls, and `hangs` selects
 * those without a reply. Bytes are sent in chunks of `chunk`.
 */
export class FakeLibvirtd {
  readonly domains: FakeDomain[];
  /** Procedures called, in order, over all connections. */
  readonly called: number[] = [];
  /** Messages that are not calls: pongs. */
  readonly messages: Frame[] = [];
  readonly pipes: Pipe[] = [];
  authTypes = [0];
  isProxy = false;
  /** Calls without a reply until `release`. */
  hangs: (procedure: number, domain: string | undefined) => boolean = () => false;
  readonly #held: (() => void)[] = [];
  readonly #outs: PassThrough[] = [];
  readonly #chunk: number;

  constructor(domains: FakeDomain[], chunk = 1 << 20) {
    this.domains = domains;
    this.#chunk = chunk;
  }

  readonly dial = (): Promise<Pipe> => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const frames = new FrameReader();
    stdin.on('data', (bytes: Buffer) => {
      for (const frame of frames.push(bytes)) this.#take(frame, stdout);
    });
    this.#outs.push(stdout);
    const pipe = {
      stdin,
      stdout,
      stderr: new PassThrough(),
      exited: new Promise<undefined>(() => undefined),
      kill: () => void stdout.end(),
    };
    this.pipes.push(pipe);
    return Promise.resolve(pipe);
  };

  /** Sends bytes on every connection, without a call. */
  send(bytes: Buffer): void {
    for (const out of this.#outs) this.#write(out, bytes);
  }

  hangUp(): void {
    for (const out of this.#outs) out.end();
  }

  /** Replies to all pending calls. */
  release(): void {
    this.hangs = () => false;
    for (const reply of this.#held.splice(0)) reply();
  }

  count(procedure: keyof typeof PROCEDURE): number {
    return this.called.filter((one) => one === PROCEDURE[procedure]).length;
  }

  #write(out: PassThrough, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += this.#chunk) out.write(bytes.subarray(at, at + this.#chunk));
  }

  #take(frame: Frame, out: PassThrough): void {
    if (frame.program !== REMOTE_PROGRAM) {
      this.messages.push(frame);
      return;
    }
    this.called.push(frame.procedure);
    const named = this.#named(frame);
    const reply = (): void => {
      if (!out.writableEnded) this.#write(out, this.#reply(frame));
    };
    if (this.hangs(frame.procedure, named)) this.#held.push(reply);
    else reply();
  }

  /** The first domain in the arguments. */
  #named({ procedure, payload }: Frame): string | undefined {
    const reader = new XdrReader(payload);
    if (procedure === PROCEDURE.domainStats) return reader.array(() => domainArgs(reader))[0]?.name;
    const OF_DOMAIN: readonly number[] = [
      PROCEDURE.domainControl,
      PROCEDURE.domainState,
      PROCEDURE.domainXml,
      PROCEDURE.jobStats,
    ];
    return OF_DOMAIN.includes(procedure) ? domainArgs(reader).name : undefined;
  }

  #reply(frame: Frame): Buffer {
    const body = this.#body(frame);
    const failed = typeof body === 'string';
    const payload = failed ? new XdrWriter().int(42).int(10).optionalString(body).bytes() : body.bytes();
    return encodeFrame({ ...frame, type: MESSAGE.reply, status: failed ? STATUS.error : STATUS.ok, payload });
  }

  #body(frame: Frame): XdrWriter | string {
    const out = new XdrWriter();
    const domain = this.domains.find(({ name }) => name === this.#named(frame));
    switch (frame.procedure) {
      case PROCEDURE.authList:
        out.uint(this.authTypes.length);
        for (const type of this.authTypes) out.int(type);
        return out;
      case PROCEDURE.authPolkit:
        return out.int(1);
      case PROCEDURE.supportsFeature:
        return out.int(this.isProxy ? 1 : 0);
      case PROCEDURE.listDomains:
        out.uint(this.domains.length);
        for (const { name, uuid, id } of this.domains) out.string(name).opaque(uuid).int(id);
        return out.uint(this.domains.length);
      case PROCEDURE.domainControl:
        return domain ? out.uint(0).uint(0).opaque(Buffer.alloc(8)) : 'Domain not found';
      case PROCEDURE.domainState:
        return domain ? out.int(domain.state).int(domain.reason) : 'Domain not found';
      case PROCEDURE.domainXml:
        return domain ? out.string(domain.xml ?? '') : 'Domain not found';
      case PROCEDURE.domainStats: {
        const of = domain ? [domain] : this.domains;
        out.uint(of.length);
        for (const { name, uuid, id, state, reason } of of) {
          out.string(name).opaque(uuid).int(id).uint(4);
          out.string('state.state').uint(1).int(state).string('state.reason').uint(1).int(reason);
          out.string('balloon.current').uint(4).uint(0).uint(65_536).string('block.0.name').uint(7).string('vda');
        }
        return out;
      }
      case PROCEDURE.jobStats:
        if (!domain?.job) return out.int(0).uint(0);
        out.int(2).uint(2).string('operation').uint(1).int(domain.job.operation);
        return out.string('data_processed').uint(4).uint(0).uint(domain.job.processedBytes);
      default:
        return out;
    }
  }
}
