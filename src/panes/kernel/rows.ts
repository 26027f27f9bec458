import { kernelEvents, type KernelEvent } from '../../entities/kernel/kernel-events.ts';
import { namedDevice } from '../../entities/kernel/named-device.ts';
import type { EntityRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import type { KernelLogSample, KernelRecord, Level } from '../../sources/kernel/kernel-log.ts';
import type { StackDevice } from '../../sources/storage/block-stack.ts';
import type { Role } from '../../theme.ts';

export interface LineRow {
  readonly key: string;
  readonly record: KernelRecord;
  readonly agoSeconds: number;
  readonly level: Level | undefined;
  readonly by: 'kernel' | 'user';
  readonly text: string;
}

export interface EventRow {
  readonly key: string;
  readonly event: KernelEvent;
  readonly lastSeconds: number;
  readonly firstSeconds: number;
  readonly count: number;
  readonly object: string;
  readonly what: string;
  readonly entity: EntityRef;
  readonly text: string;
}

/** Lines of the log, the newest first; `ageOf` gives the age of a stamp. */
export const lineRows = (sample: KernelLogSample, ageOf: (at: number) => number): readonly LineRow[] =>
  sample.records.toReversed().map((record) => ({
    key: String(record.sequence),
    record,
    agoSeconds: ageOf(record.at),
    level: record.level,
    by: record.byKernel ? 'kernel' : 'user',
    text: plain(record.text),
  }));

/** Events of the log, the latest first. */
export const eventRows = (
  sample: KernelLogSample,
  ageOf: (at: number) => number,
  stack: ReadonlyMap<string, StackDevice> | undefined,
): readonly EventRow[] =>
  kernelEvents(sample)
    .map((event) => {
      const { entity, subject } = namedDevice(event, stack);
      return {
        key: event.key,
        event,
        lastSeconds: ageOf(event.last.at),
        firstSeconds: ageOf(event.first.at),
        count: event.count,
        object: event.kind.fixedSubject ? subject : plain(subject),
        what: label(event.condition),
        entity,
        text: plain(event.last.text),
      };
    })
    .toReversed();

/** Colour of a level: what is bad is marked by findings, so that a level alone never is. */
export const levelRole = (level: Level | undefined): Role =>
  level === undefined || level === 'info' || level === 'debug' || level === 'notice' ? 'dim' : 'text';
