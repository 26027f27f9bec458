import type { DaemonRead } from '../../host/host.ts';
import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

const busRead = (request: string): DaemonRead => ({
  kind: 'talk',
  dialect: 'systemd',
  to: '/run/dbus/system_bus_socket',
  request,
});

export interface Resolved {
  /** Lookups that wait for a reply of a server. */
  readonly pending: number;
  readonly cacheHitPct: number | undefined;
}

/**
 * systemd-resolved: its statistics. org.freedesktop.resolve1(5).
 *
 *     {"TransactionStatistics":[0,912],"CacheStatistics":[40,300,100]}
 */
export const resolved = defineSource({
  id: 'resolved',
  title: 'systemd-resolved',
  why: 'Shows lookups under way and how many the cache answers.',
  everySeconds: 10,
  value: 'low',
  reads: { resolved: busRead('resolver') },
  parse: ({ resolved: text }): Resolved | undefined => {
    const reply = fields(json(text));
    const pending = countOf(items(reply['TransactionStatistics'])[0]);
    const [, hits, misses] = items(reply['CacheStatistics']).map(countOf);
    if (pending === undefined) return undefined;
    const all = hits === undefined || misses === undefined ? 0 : hits + misses;
    return { pending, cacheHitPct: all === 0 || hits === undefined ? undefined : (100 * hits) / all };
  },
});

export interface Timesyncd {
  readonly server: string | undefined;
  /** Replies of servers since its start. */
  readonly replies: number;
  /** Clock minus NTP time at the last reply. */
  readonly offsetSeconds: number | undefined;
}

/**
 * systemd-timesyncd: server and last reply. org.freedesktop.timesync1, property NTPMessage (uuuuittayttttbtt).
 *
 *     {"ServerName":"ntp.example.com","NTPMessage":[0,4,4,2,-24,0,0,[1],1000000,1260000,1260000,1020000,false,7,0]}
 */
export const timesyncd = defineSource({
  id: 'timesyncd',
  title: 'systemd-timesyncd',
  why: 'Shows the time server in use and the offset of its last reply.',
  everySeconds: 10,
  value: 'low',
  reads: { timesyncd: busRead('time') },
  parse: ({ timesyncd: text }): Timesyncd | undefined => {
    const reply = fields(json(text));
    const message = items(reply['NTPMessage']);
    const replies = countOf(message[13]);
    if (replies === undefined) return undefined;
    const [origin, receive, transmit, destination] = message.slice(8, 12).map(countOf);
    const isKnown = replies > 0 && origin !== undefined && receive !== undefined && transmit !== undefined && destination !== undefined; // prettier-ignore
    return {
      server: textOf(reply['ServerName']),
      replies,
      offsetSeconds: isKnown ? -(receive - origin + (transmit - destination)) / 2e6 : undefined,
    };
  },
  identifiers: (sample) => named('host', [sample?.server]),
});
