import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { clusterRead } from './reads.ts';
import { defineSource } from '../source.ts';

/** One health check: https://docs.ceph.com/en/latest/rados/operations/health-checks/ */
export interface HealthCheck {
  readonly code: string;
  /** HEALTH_WARN or HEALTH_ERR. */
  readonly severity: string | undefined;
  readonly message: string;
  readonly count: number | undefined;
  readonly muted: boolean;
  /** Detail lines (OSDs, PGs), up to 50. */
  readonly detail: readonly string[];
}

export interface HealthMute {
  readonly code: string;
  readonly sticky: boolean;
  /** End of the mute as written by the cluster; undefined: never. */
  readonly until: string | undefined;
}

export interface HealthSample {
  readonly checks: readonly HealthCheck[];
  readonly mutes: readonly HealthMute[];
}

const MAX_DETAIL = 50;

/** `health detail`: health checks and mutes. */
export const cephHealth = defineSource({
  id: 'ceph-health',
  title: 'Ceph health checks',
  why: 'Shows the health checks of the cluster, and which of them are muted.',
  everySeconds: 5,
  reads: { health: clusterRead('mon', { prefix: 'health', detail: 'detail' }) },
  parse: ({ health }): HealthSample | undefined => {
    const all = fields(json(health));
    if (all['checks'] === undefined && all['status'] === undefined) return undefined;
    return {
      checks: checksOf(all['checks']),
      mutes: items(all['mutes']).flatMap((value): HealthMute[] => {
        const { code, sticky, ttl } = fields(value);
        const name = textOf(code);
        return name === undefined ? [] : [{ code: name, sticky: flagOf(sticky) ?? false, until: textOf(ttl) }];
      }),
    };
  },
});

/** Checks by code, as `health detail` and `status` have them. */
export const checksOf = (value: unknown): readonly HealthCheck[] =>
  Object.entries(fields(value)).map(([code, each]): HealthCheck => {
    const check = fields(each);
    const summary = fields(check['summary']);
    return {
      code,
      severity: textOf(check['severity']),
      message: textOf(summary['message']) ?? '',
      count: countOf(summary['count']),
      muted: flagOf(check['muted']) ?? false,
      detail: items(check['detail'])
        .slice(0, MAX_DETAIL)
        .flatMap((line) => textOf(fields(line)['message']) ?? []),
    };
  });
