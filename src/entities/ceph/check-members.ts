import { entityRef, entityText, osdRef, type EntityRef } from '../../findings/entity-ref.ts';
import type { HealthCheck } from '../../sources/ceph/health.ts';

/** Object that a health check names, with its name as Ceph writes it. */
export interface CheckMember {
  readonly name: string;
  readonly entity: EntityRef;
}

/** Patterns of names in messages and detail lines, most specific kind first: src/mon/health_check.h and its callers. */
const PATTERNS: readonly (readonly [RegExp, (id: string) => CheckMember])[] = [
  [/\bosd\.(\d{1,9})\b/g, (id) => ({ name: `osd.${Number(id)}`, entity: osdRef(Number(id)) })],
  [/\bpg (\d{1,9}\.[0-9a-f]{1,8})\b/g, (id) => ({ name: `pg ${id}`, entity: entityRef('pg', id) })],
  [/\b[Pp]ool '([^']{1,128})'/g, (id) => ({ name: `pool ${id}`, entity: entityRef('pool', id) })],
  [/\b[Pp]ool (?!')([\w.-]{1,128}) (?:has|pg_num|contain)/g, (id) => ({ name: `pool ${id}`, entity: entityRef('pool', id) })], // prettier-ignore
  [/\bmon\.([\w-]{1,64}(?:\.[\w-]{1,64})*)/g, (id) => ({ name: `mon.${id}`, entity: entityRef('mon', `mon.${id}`) })],
  [/\bmgr\.([\w-]{1,64}(?:\.[\w-]{1,64})*)/g, (id) => ({ name: `mgr.${id}`, entity: entityRef('mgr', `mgr.${id}`) })],
  [/\b((?:mds|client\.rgw|rgw|rbd-mirror|crash|ceph-exporter)\.[\w-]{1,64}(?:\.[\w-]{1,64})*)/g, (id) => ({ name: id, entity: entityRef('daemon', id) })], // prettier-ignore
  [/\b(?:file ?system|fs) '?([\w.-]{1,64})'? (?:is|has|mds)/g, (id) => ({ name: `fs ${id}`, entity: entityRef('daemon', `fs.${id}`) })], // prettier-ignore
  [/\bModule '([\w-]{1,64})'/g, (id) => ({ name: `module ${id}`, entity: entityRef('mgr', 'active') })],
  [/(?:^|\s)[Hh]ost ([\w.-]{1,128}) (?:\(|failed)/g, (id) => ({ name: `host ${id}`, entity: entityRef('node', id) })],
];

/** Most lines that name members: Ceph itself ends a check at 50 (mon_health_max_detail). */
const MAX_LINES = 50;

/** Objects that a check names, in its order, each once: from its detail lines, else from its message. */
export function checkMembers({ message, detail }: Pick<HealthCheck, 'message' | 'detail'>): readonly CheckMember[] {
  const inDetail = namedIn(detail.slice(0, MAX_LINES));
  return inDetail.length > 0 ? inDetail : namedIn([message]);
}

function namedIn(lines: readonly string[]): readonly CheckMember[] {
  const found = new Map<string, CheckMember>();
  for (const line of lines)
    // One kind for each line: `pg 2.1 … acting [0]`, `osd.1 crashed on host x`, `daemon osd.1 on host1 is …`.
    for (const [pattern, of] of PATTERNS) {
      const members = [...line.matchAll(pattern)].map(([, id = '']) => of(id));
      for (const member of members) found.set(entityText(member.entity), member);
      if (members.length > 0) break;
    }
  return [...found.values()];
}

/** Checks whose OSDs wait or measure: any other OSD may be the one at fault. */
const WITNESSES = /^(?:SLOW_OPS|OSD_SLOW_PING_TIME_\w+)$/;

/** Objects that a check is about; none where it names witnesses only. */
export const subjectsOf = (check: HealthCheck): readonly EntityRef[] =>
  WITNESSES.test(check.code) ? [] : checkMembers(check).map(({ entity }) => entity);
