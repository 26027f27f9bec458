import { podRef, type EntityRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import type { KubeEvent } from '../../sources/kubernetes/events.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { ageColumn, countColumn, textColumn } from '../../ui/kit/columns.ts';

/** EventRow is one or more events with the same key: reason, and message and object where they count. */
export interface EventRow {
  readonly key: string;
  readonly reason: string;
  readonly message: string;
  readonly object: string;
  /** Present where all of them are about one pod. */
  readonly pod?: EntityRef;
  readonly component: string;
  readonly warning: boolean;
  readonly count: number;
  readonly objects: number;
  readonly agoSeconds: number | undefined;
  readonly lastEpochSeconds: number;
}

/** Events by object, reason and message, the newest first. */
export function eventRows(events: readonly KubeEvent[], nowEpochSeconds: number | undefined): readonly EventRow[] {
  return grouped(
    events,
    nowEpochSeconds,
    ({ reason, message, object }) => `${object.kind} ${object.uid ?? object.name} ${reason} ${message}`,
  );
}

/** Events of the last `withinSeconds` by reason, over all objects. */
export function reasonRows(
  events: readonly KubeEvent[],
  nowEpochSeconds: number | undefined,
  withinSeconds: number,
): readonly EventRow[] {
  const recent = events.filter(
    ({ lastEpochSeconds: last }) =>
      last !== undefined && (nowEpochSeconds === undefined || nowEpochSeconds - last <= withinSeconds),
  );
  return grouped(recent, nowEpochSeconds, ({ reason }) => reason);
}

function grouped(
  events: readonly KubeEvent[],
  now: number | undefined,
  keyOf: (event: KubeEvent) => string,
): readonly EventRow[] {
  const groups = new Map<string, KubeEvent[]>();
  for (const event of events) {
    const key = keyOf(event);
    const own = groups.get(key);
    if (own) own.push(event);
    else groups.set(key, [event]);
  }
  const rows = [...groups].map(([key, own]): EventRow => {
    const last = own.reduce((latest, one) =>
      (one.lastEpochSeconds ?? 0) > (latest.lastEpochSeconds ?? 0) ? one : latest,
    );
    const names = new Set(own.map(({ object }) => `${object.kind} ${object.namespace ?? ''} ${object.name}`));
    const { kind, namespace, name } = last.object;
    const one = `${kind === 'Pod' ? '' : `${kind} `}${namespace === undefined || kind === 'Node' ? '' : `${namespace}/`}${name}`;
    return {
      key,
      reason: label(last.reason),
      message: plain(last.message),
      object: plain(names.size > 1 ? `${one} and ${names.size - 1} more` : one),
      ...(names.size === 1 && kind === 'Pod' && namespace !== undefined && { pod: podRef({ namespace, name }) }),
      component: label(last.component ?? ''),
      warning: last.type !== 'Normal',
      count: own.reduce((sum, event) => sum + event.count, 0),
      objects: names.size,
      agoSeconds:
        now === undefined || last.lastEpochSeconds === undefined ? undefined : Math.max(0, now - last.lastEpochSeconds),
      lastEpochSeconds: last.lastEpochSeconds ?? 0,
    };
  });
  return rows.toSorted((a, b) => b.lastEpochSeconds - a.lastEpochSeconds);
}

const columns: readonly Column<EventRow>[] = [
  ageColumn({
    id: 'ago',
    title: 'AGE',
    about: 'Time since it was last seen (LAST SEEN of kubectl get events).',
    width: 6,
    rank: 0,
    value: ({ agoSeconds }) => agoSeconds,
    role: ({ agoSeconds }) => ((agoSeconds ?? Infinity) < 60 ? 'text' : 'dim'),
  }),
  countColumn({
    id: 'count',
    title: 'COUNT',
    about: 'Occurrences within the time that the cluster keeps events: an hour (MicroK8s: 5 minutes).',
    width: 5,
    rank: 1,
    value: (row) => row.count,
  }),
  {
    id: 'reason',
    title: 'REASON',
    about: 'Reason as the component gives it.',
    vocabulary: 'fixed',
    width: 18,
    rank: 0,
    value: ({ reason }) => reason,
    role: ({ warning }) => (warning ? 'warn' : 'text'),
  },
  {
    id: 'object',
    title: 'OBJECT',
    about: 'Object of the event; a pod where no kind stands.',
    width: 20,
    grow: true,
    rank: 2,
    value: ({ object }) => object,
  },
  textColumn({
    id: 'message',
    title: 'MESSAGE',
    about: 'Message of the component.',
    width: 30,
    grow: true,
    rank: 0,
    value: ({ message }) => message,
  }),
  textColumn({
    id: 'component',
    title: 'FROM',
    about: 'Component that reported it.',
    vocabulary: 'fixed',
    width: 10,
    rank: 5,
    value: ({ component }) => component,
    role: () => 'dim',
  }),
];

export const eventsSection = (
  rows: readonly EventRow[],
  shown: { readonly title: string; readonly note: string; readonly source: string; readonly empty: NothingWords },
): TableSection<EventRow> => ({
  kind: 'table',
  id: 'events',
  title: shown.title,
  note: shown.note,
  sources: [shown.source],
  columns,
  rows,
  key: ({ key }) => key,
  sort: { column: '', descending: false },
  searchText: ({ component }) => component,
  entity: ({ pod }) => pod,
  empty: shown.empty,
  minRows: 3,
});
