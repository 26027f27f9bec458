import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * /sys/devices/system/edac/mc: corrected (CE) and uncorrected (UE) memory errors, per controller and DIMM.
 * Documentation/ABI/testing/sysfs-devices-edac. The directory exists only with a driver for this memory controller.
 */
export const edac = defineSource({
  id: 'edac',
  title: 'ECC memory errors (EDAC)',
  why: 'Finds memory modules that fail.',
  everySeconds: 30,
  value: 'low',
  reads: {
    corrected: { kind: 'glob', pattern: '/sys/devices/system/edac/mc/mc*/ce_count' },
    uncorrected: { kind: 'glob', pattern: '/sys/devices/system/edac/mc/mc*/ue_count' },
    names: { kind: 'glob', pattern: '/sys/devices/system/edac/mc/mc*/mc_name' },
    /** Controllers that count ranks, not modules, call the directories rank*. */
    moduleCorrected: { kind: 'glob', pattern: '/sys/devices/system/edac/mc/mc*/*/dimm_ce_count' },
    moduleUncorrected: { kind: 'glob', pattern: '/sys/devices/system/edac/mc/mc*/*/dimm_ue_count' },
    moduleLabels: { kind: 'glob', pattern: '/sys/devices/system/edac/mc/mc*/*/dimm_label' },
  },
  parse: (values): readonly MemoryController[] | undefined => {
    const corrected = attribute(values.corrected, 6);
    const uncorrected = attribute(values.uncorrected, 6);
    const names = attribute(values.names, 6);
    const controllers = [...new Set([...corrected.keys(), ...uncorrected.keys()])];
    if (controllers.length === 0) return undefined;
    const moduleCorrected = byModule(values.moduleCorrected);
    const moduleUncorrected = byModule(values.moduleUncorrected);
    const labels = byModule(values.moduleLabels);
    return controllers.map((id) => ({
      id,
      name: names.get(id),
      corrected: toCount(corrected.get(id)),
      uncorrected: toCount(uncorrected.get(id)),
      modules: [...moduleCorrected.keys()]
        .filter((key) => key.startsWith(`${id}/`))
        .map((key) => ({
          id: key,
          label: labels.get(key),
          corrected: toCount(moduleCorrected.get(key)),
          uncorrected: toCount(moduleUncorrected.get(key)),
        })),
    }));
  },
});

/** Errors since the driver was loaded. */
export interface MemoryModule {
  /** `mc0/dimm3`. */
  readonly id: string;
  /** Label printed beside the slot, where the firmware has it: `CPU_SrcID#0_MC#0_Chan#1_DIMM#0`. */
  readonly label: string | undefined;
  readonly corrected: number | undefined;
  readonly uncorrected: number | undefined;
}

export interface MemoryController {
  readonly id: string;
  readonly name: string | undefined;
  readonly corrected: number | undefined;
  readonly uncorrected: number | undefined;
  readonly modules: readonly MemoryModule[];
}

/** `…/mc/mc0/dimm3/dimm_label` → `mc0/dimm3`. */
function byModule(glob: ReadonlyMap<string, string> | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of glob ?? []) found.set(path.split('/').slice(6, 8).join('/'), text.trim());
  return found;
}
