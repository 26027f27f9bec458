import { lines } from '../../lib/lines.ts';
import type { Fields } from '../../lib/json.ts';
import { NOT_REPORTED } from './ceph-report.ts';

/**
 * Reply of `ceph status --format json` by its text: `ceph -s`. Objects and bytes are rounded there, and the units of client I/O differ: left out.
 *
 *       cluster:
 *         id:     7c0b1b52-93f5-11ee-9d6a-ac1f6b0c9d12
 *         health: HEALTH_WARN
 *       services:
 *         mon: 3 daemons, quorum a,b,c (age 3d)
 *         mgr: x(active, since 3d), standbys: y
 *         osd: 12 osds: 11 up (since 3m), 12 in (since 3d)
 *       data:
 *         pools:   2 pools, 65 pgs
 *         pgs:     60 active+clean
 *                  5  active+undersized+degraded
 */
export function statusOfText(text: string): Fields | undefined {
  const health = /^ +health: (HEALTH_\w+)$/m.exec(text)?.[1];
  if (health === undefined) return undefined;
  const mons = /^ +mon: +(\d+) daemons?, quorum (\S*)/m.exec(text);
  const mgr = /^ +mgr: +(.*)$/m.exec(text)?.[1];
  const osds = /^ +osd: +(\d+) osds: (\d+) up\b[^,\n]*, (\d+) in\b/m.exec(text);
  const pgs = /^ +pools: +\d+ pools?, (\d+) pgs$/m.exec(text)?.[1];
  // The states stand below `pgs:`, after lines with what is wrong of them: `12/3600 objects degraded (0.333%)`.
  const [, states = ''] = /^ +pgs: +([\s\S]*?)(?:\n\s*\n|\n {2}\w+:|$(?![\s\S]))/m.exec(text) ?? [];
  return {
    fsid: /^ +id: +([0-9a-f-]{36})$/m.exec(text)?.[1],
    health: { status: health },
    ...(mons && { quorum_names: mons[2]?.split(',').filter(Boolean), monmap: { num_mons: Number(mons[1]) } }),
    ...(mgr !== undefined && {
      mgrmap: {
        available: /\(active\b/.test(mgr),
        num_standbys: /standbys: ([^;]+)/.exec(mgr)?.[1]?.split(',').length ?? 0,
      },
    }),
    ...(osds && {
      osdmap: { num_osds: Number(osds[1]), num_up_osds: Number(osds[2]), num_in_osds: Number(osds[3]) },
    }),
    pgmap: {
      ...NOT_REPORTED,
      ...(pgs !== undefined && {
        num_pgs: Number(pgs),
        pgs_by_state: Array.from(states.matchAll(/^ *(\d+) +([a-z_]+(?:\+[a-z_]+)*)$/gm), ([, count, state]) => ({
          state_name: state,
          count: Number(count),
        })),
      }),
    },
  };
}

/** Severities in `[WRN]`. */
const SEVERITIES: Readonly<Record<string, string>> = { WRN: 'HEALTH_WARN', ERR: 'HEALTH_ERR' };

/**
 * Reply of `ceph health detail --format json` by its text; before Octopus the checks have no severity, and `CODE message` in place of
 * `[WRN] CODE: message`.
 *
 *     HEALTH_WARN 1 osds down
 *     (MUTED) [WRN] OSD_DOWN: 1 osds down
 *         osd.3 (root=default,host=n1) is down
 */
export function healthOfText(text: string): Fields | undefined {
  const status = /^(HEALTH_\w+)/.exec(text)?.[1];
  if (status === undefined) return undefined;
  const checks = new Map<string, { muted: boolean; severity: string; summary: Fields; detail: Fields[] }>();
  let last: { detail: Fields[] } | undefined;
  for (const line of lines(text).slice(1)) {
    const [, muted, severity, code, message] =
      /^(\(MUTED[^)]*\) )?(?:\[(WRN|ERR)\] )?([A-Z][A-Z0-9_]{2,40}):? (.*)$/.exec(line) ?? [];
    if (code !== undefined) {
      last = { detail: [] };
      checks.set(code, {
        muted: muted !== undefined,
        severity: SEVERITIES[severity ?? ''] ?? status,
        summary: { message },
        detail: last.detail,
      });
    } else if (/^\s/.test(line)) last?.detail.push({ message: line.trim() });
  }
  return { status, checks: Object.fromEntries(checks) };
}
