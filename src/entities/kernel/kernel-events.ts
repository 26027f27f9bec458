import { entityText, thisHost, type EntityRef } from '../../findings/entity-ref.ts';
import type { KernelLogSample, KernelRecord } from '../../sources/kernel/kernel-log.ts';
import type { Groups, KernelKind } from './kernel-kind.ts';
import { kindOf } from './kernel-kinds.ts';

/** Lines of one kind about one object. */
export interface KernelEvent {
  /** Stable over time. */
  readonly key: string;
  readonly kind: KernelKind;
  readonly entity: EntityRef;
  readonly subject: string;
  /** Of the last line. */
  readonly condition: string;
  readonly count: number;
  readonly first: KernelRecord;
  readonly last: KernelRecord;
  /** A later line ended it: a server that is OK again, a filesystem that was mounted again. */
  readonly ended: boolean;
}

interface Classified {
  readonly kind: KernelKind;
  readonly groups: Groups;
  readonly entity: EntityRef;
}

/** Records are shared between samples, and classified once. */
const classes = new WeakMap<KernelRecord, Classified | 'none'>();

/** Kind and object of a record; undefined for ordinary lines and those that a process wrote. */
export function classOf(record: KernelRecord): Classified | undefined {
  let known = classes.get(record);
  if (known === undefined) {
    const found = record.byKernel ? kindOf(record.text) : undefined;
    known = found ? { ...found, entity: found.kind.entity?.(found.groups) ?? thisHost } : 'none';
    classes.set(record, known);
  }
  return known === 'none' ? undefined : known;
}

const events = new WeakMap<KernelLogSample, readonly KernelEvent[]>();

/** Events of a log, folded by kind and object, the latest last. */
export function kernelEvents(sample: KernelLogSample): readonly KernelEvent[] {
  let known = events.get(sample);
  if (known === undefined) {
    known = fold(sample.records);
    events.set(sample, known);
  }
  return known;
}

function fold(records: readonly KernelRecord[]): readonly KernelEvent[] {
  const byKey = new Map<string, KernelEvent>();
  for (const record of records) {
    const found = classOf(record);
    if (!found) continue;
    const { kind, groups, entity } = found;
    const object = entityText(entity);
    for (const [key, event] of byKey)
      if (event.kind.endedBy === kind.id && entityText(event.entity) === object)
        byKey.set(key, { ...event, ended: true });
    const key = `${kind.id} ${object}`;
    const before = byKey.get(key);
    // The latest stand last.
    byKey.delete(key);
    const goesOn = before !== undefined && !before.ended;
    byKey.set(key, {
      key,
      kind,
      entity,
      subject: kind.subject?.(groups) ?? entity.id,
      condition: kind.condition(groups),
      count: goesOn ? before.count + 1 : 1,
      first: goesOn ? before.first : record,
      last: record,
      ended: false,
    });
  }
  return [...byKey.values()];
}

/** Age of the last line up to which an event that nothing ended is a present fault. */
const PRESENT_SECONDS = 300;

/** Whether an event whose last line has that age is a present fault: recent, or one that stands until it is ended. */
export const isPresent = ({ kind, ended }: KernelEvent, ageSeconds: number): boolean =>
  !ended && (kind.stands === true || ageSeconds <= PRESENT_SECONDS);
