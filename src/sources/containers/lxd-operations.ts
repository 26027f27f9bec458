import { epochSeconds } from '../../lib/iso-time.ts';
import { fields, items, textOf } from '../../lib/json.ts';
import { fromLxd, lxdReads } from './lxd-sockets.ts';
import { defineSource } from '../source.ts';

/**
 * Operations of LXD: starts, stops, copies, snapshots, backups, migrations. One without progress blocks its instance.
 * https://documentation.ubuntu.com/lxd/latest/api/#/operations/operations_get_recursion1
 */
export const lxdOperations = defineSource({
  id: 'lxd-operations',
  title: 'LXD operations',
  why: 'Shows the operations of LXD, and which of them are stuck.',
  everySeconds: 20,
  reads: lxdReads('GET /1.0/operations?recursion=1&all-projects=true'),
  parse: (values) => ({
    // {"running":[{…}],"success":[…]}: by status; {} when there is none.
    servers: fromLxd(values, (metadata) =>
      Object.values(fields(metadata)).flatMap((list) => items(list).flatMap((item) => operationOf(item) ?? [])),
    ),
  }),
});

export interface LxdOperation {
  readonly id: string;
  /** task, websocket (an open terminal, of any duration), token. */
  readonly class: string | undefined;
  /** `Freezing instance`. */
  readonly description: string | undefined;
  /** Pending, Running, Cancelling, Success, Failure. */
  readonly status: string | undefined;
  readonly createdEpochSeconds: number | undefined;
  /** Time of its last progress. */
  readonly updatedEpochSeconds: number | undefined;
  readonly instances: readonly string[];
  readonly location: string | undefined;
  readonly progress: string | undefined;
}

function operationOf(item: unknown): LxdOperation | undefined {
  const one = fields(item);
  const id = textOf(one['id']);
  if (id === undefined) return undefined;
  const location = textOf(one['location']);
  return {
    id,
    class: textOf(one['class']),
    description: textOf(one['description']),
    status: textOf(one['status']),
    createdEpochSeconds: epochSeconds(textOf(one['created_at'])),
    updatedEpochSeconds: epochSeconds(textOf(one['updated_at'])),
    instances: items(fields(one['resources'])['instances']).flatMap((url) => lastPart(textOf(url)) ?? []),
    location: location === 'none' ? undefined : location,
    progress: Object.entries(fields(one['metadata'])).flatMap(([key, value]) =>
      key.endsWith('_progress') ? (textOf(value) ?? []) : [],
    )[0],
  };
}

/** `/1.0/instances/web?project=shop` → `web`. */
const lastPart = (url: string | undefined): string | undefined => url?.split('?', 1)[0]?.split('/').at(-1) || undefined;
