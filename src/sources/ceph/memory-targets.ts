import { fields, json, textOf } from '../../lib/json.ts';
import { toCount } from '../../lib/lines.ts';
import { askDaemons, byOsd } from './reads.ts';
import { defineSource } from '../source.ts';

export interface OsdSetting {
  readonly memoryTargetBytes: number | undefined;
}

/** `config get osd_memory_target` → `{"osd_memory_target":"4294967296"}`: how large the process is meant to be. */
export const cephMemoryTargets = defineSource({
  id: 'ceph-memory-targets',
  title: 'Memory targets of OSDs',
  why: 'How much memory each OSD of this host is meant to use, beside what it uses.',
  everySeconds: 120,
  value: 'low',
  reads: askDaemons('osd', { prefix: 'config get', var: 'osd_memory_target' }),
  parse: (values): ReadonlyMap<number, OsdSetting> =>
    new Map(
      [...byOsd(values)].map(([osd, told]): [number, OsdSetting] => [
        osd,
        { memoryTargetBytes: toCount(textOf(fields(told.ok ? json(told.text) : undefined)['osd_memory_target'])) },
      ]),
    ),
});
