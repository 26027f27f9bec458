import { fields, json, textOf } from '../../lib/json.ts';
import { toCount } from '../../lib/lines.ts';
import { daemonReads, byOsd } from './reads.ts';
import { defineSource } from '../source.ts';

export interface OsdSetting {
  readonly memoryTargetBytes: number | undefined;
}

/** `config get osd_memory_target` → `{"osd_memory_target":"4294967296"}`, per local OSD. */
export const cephMemoryTargets = defineSource({
  id: 'ceph-memory-targets',
  title: 'OSD memory targets',
  why: 'Shows osd_memory_target of each local OSD beside its RSS.',
  everySeconds: 120,
  value: 'low',
  reads: daemonReads('osd', { prefix: 'config get', var: 'osd_memory_target' }),
  parse: (values): ReadonlyMap<number, OsdSetting> =>
    new Map(
      [...byOsd(values)].map(([osd, reply]): [number, OsdSetting] => [
        osd,
        { memoryTargetBytes: toCount(textOf(fields(reply.ok ? json(reply.text) : undefined)['osd_memory_target'])) },
      ]),
    ),
});
