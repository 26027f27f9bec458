import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { askCluster } from './reads.ts';
import { defineSource } from '../source.ts';

/** One health check: https://docs.ceph.com/en/latest/rados/operations/health-checks/ */
export interface HealthCheck {
  readonly code: string;
  /** HEALTH_WARN or HEALTH_ERR. */
  readonly severity: string | undefined;
  readonly message: string;
  readonly count: number | undefined;
  readonly muted: boolean;
  /** At most 50 lines: which OSDs, which PGs. */
  readonly detail: readonly string[];
}

export interface HealthMute {
  readonly code: string;
  readonly sticky: boolean;
  /** When it ends, as the cluster writes it; undefined: never. */
  readonly until: string | undefined;
}

export interface HealthSample {
  readonly checks: readonly HealthCheck[];
  readonly mutes: readonly HealthMute[];
}

const MAX_DETAIL = 50;

export const cephHealth = defineSource({
  id: 'ceph-health',
  title: 'Ceph health checks',
  why: 'What the cluster itself complains of, and what of it somebody muted.',
  everySeconds: 5,
  reads: { health: askCluster('mon', { prefix: 'health', detail: 'detail' }) },
  parse: ({ health }): HealthSample | undefined => {
    const all = fields(json(health));
    if (all['checks'] === undefined && all['status'] === undefined) return undefined;
    return {
      checks: Object.entries(fields(all['checks'])).map(([code, value]): HealthCheck => {
        const check = fields(value);
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
      }),
      mutes: items(all['mutes']).flatMap((value): HealthMute[] => {
        const { code, sticky, ttl } = fields(value);
        const name = textOf(code);
        return name === undefined ? [] : [{ code: name, sticky: flagOf(sticky) ?? false, until: textOf(ttl) }];
      }),
    };
  },
});
