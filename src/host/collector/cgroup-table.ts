import { keptGroups } from '../../sources/containers/cgroup-owner.ts';
import type { CgroupTable, CgroupTexts, FileTexts } from '../host.ts';
import { cgroupFiles, hybridFiles } from './cgroup-files.ts';
import { ProtocolError, type Head } from './frames.ts';
import { Records } from './records.ts';

/** Flag of a record: the rest was read as well, changed or not. */
const REST = 1;
/** Length of a file that is gone. */
const GONE = 0xff_ff_ff_ff;
const LAYOUTS = ['v1', 'v2', 'hybrid'] as const;
const USE: ReadonlySet<string> = new Set(
  cgroupFiles.filter(({ pace }) => pace === 'use').flatMap(({ name }) => [name, `unified/${name}`]),
);

/** CgroupTableKeeper applies the deltas of the collector to a table of control groups. */
export class CgroupTableKeeper {
  readonly #byId = new Map<number, CgroupTexts>();
  #have = 0;

  /** Fields of the next request: the sequence number of the last answer, or at first the files to read. */
  request(): Head {
    if (this.#have > 0) return { have: this.#have };
    return { have: 0, ...keptGroups, files: cgroupFiles, hybrid: [...hybridFiles] };
  }

  apply(head: Head, body: Buffer, at: number): CgroupTable {
    const { seq, anew, layout, left, files, fresh, gone, pids } = head;
    if (typeof seq !== 'number' || !Array.isArray(files)) throw new ProtocolError('control groups without their order');
    if (anew === true) this.#byId.clear();
    for (const [id, path] of pairs(fresh))
      if (typeof path === 'string') this.#byId.set(id, { path, use: {}, rest: {}, restAt: at });
    for (const [id, pid] of pairs(pids)) {
      const group = this.#byId.get(id);
      if (group) this.#byId.set(id, { ...group, firstPid: typeof pid === 'number' ? pid : undefined });
    }
    const records = new Records(body, 'control group');
    while (records.more) this.#take(records, files, at);
    // Last: a group may come and go within one answer.
    for (const id of list(gone)) this.#byId.delete(Number(id));
    this.#have = seq;
    return {
      layout: LAYOUTS.find((known) => known === layout),
      groups: new Map([...this.#byId.values()].map((group) => [group.path, group])),
      left: typeof left === 'number' ? left : 0,
    };
  }

  #take(records: Records, files: readonly unknown[], at: number): void {
    const id = records.uint32();
    const flags = records.byte();
    const use: Record<string, string | undefined> = {};
    const rest: Record<string, string | undefined> = {};
    for (let left = records.byte(); left > 0; left--) {
      const name = files[records.byte()];
      const size = records.uint32();
      const text = size === GONE ? undefined : records.text(size);
      if (typeof name === 'string') (USE.has(name) ? use : rest)[name] = text;
    }
    const old = this.#byId.get(id);
    if (!old) throw new ProtocolError('a control group without a path');
    const isRead = (flags & REST) !== 0;
    this.#byId.set(id, {
      ...old,
      use: Object.keys(use).length > 0 ? { ...old.use, ...use } : old.use,
      rest: Object.keys(rest).length > 0 ? { ...old.rest, ...rest } : old.rest,
      restAt: isRead ? at : old.restAt,
      earlier: isRead ? earlierOf(old) : old.earlier,
    });
  }
}

/** Earlier figures; undefined for a new group. */
const earlierOf = ({ rest, restAt }: CgroupTexts): CgroupTexts['earlier'] =>
  restAt === undefined || isEmpty(rest) ? undefined : { at: restAt, rest };

const isEmpty = (texts: FileTexts): boolean => Object.keys(texts).length === 0;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const pairs = (value: unknown): [number, unknown][] =>
  list(value).flatMap((pair): [number, unknown][] =>
    Array.isArray(pair) && typeof pair[0] === 'number' ? [[pair[0], pair[1]]] : [],
  );
