import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, items, textOf } from '../../lib/json.ts';
import { fromLxd, lxdReads } from './lxd-sockets.ts';
import { defineSource } from '../source.ts';

/**
 * LXD's own warnings: a missing kernel feature, an unreachable member, an instance that did not start with the host.
 * https://documentation.ubuntu.com/lxd/latest/api/#/warnings/warnings_get_recursion1
 */
export const lxdWarnings = defineSource({
  id: 'lxd-warnings',
  title: 'LXD warnings',
  why: 'Shows the warnings that LXD itself has raised.',
  everySeconds: 60,
  reads: lxdReads('GET /1.0/warnings?recursion=1'),
  parse: (values) => ({
    servers: fromLxd(values, (metadata) => items(metadata).flatMap((item) => warningOf(item) ?? [])),
  }),
});

export interface LxdWarning {
  readonly id: string;
  readonly type: string;
  readonly message: string | undefined;
  /** low, moderate, high. */
  readonly severity: string | undefined;
  /** new, acknowledged, resolved. */
  readonly status: string | undefined;
  readonly location: string | undefined;
  readonly project: string | undefined;
  /** `/1.0/instances/web`. */
  readonly about: string | undefined;
  readonly times: number | undefined;
  readonly lastEpochSeconds: number | undefined;
}

function warningOf(item: unknown): LxdWarning | undefined {
  const one = fields(item);
  const id = textOf(one['uuid']);
  const type = textOf(one['type']);
  if (id === undefined || type === undefined) return undefined;
  const location = textOf(one['location']);
  return {
    id,
    type,
    message: textOf(one['last_message']),
    severity: textOf(one['severity']),
    status: textOf(one['status']),
    location: location === 'none' ? undefined : location,
    project: textOf(one['project']),
    about: textOf(one['entity_url']),
    times: countOf(one['count']),
    lastEpochSeconds: epochSeconds(textOf(one['last_seen_at'])),
  };
}
