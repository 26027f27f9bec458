import type { Chassis, OvnCentralSample } from '../../sources/ovn/central.ts';

/** Chassis with its distance to the newest nb_cfg. */
export interface ChassisLag {
  readonly chassis: Chassis;
  /** Transactions not applied; undefined where nb_cfg was never used. */
  readonly behind: number | undefined;
  /** Age of the newest nb_cfg while it is not applied. */
  readonly behindSeconds: number | undefined;
  /** Time from the newest nb_cfg until it was applied; undefined while behind. */
  readonly tookMs: number | undefined;
}

const seconds = (now: number | undefined, then: number | undefined): number | undefined =>
  now === undefined || then === undefined ? undefined : Math.max(0, (now - then) / 1000);

/** Lag of each chassis: ovn-nb(5), NB_Global. nb_cfg rises with `ovn-nbctl --wait` and with a CMS that waits. */
export function chassisLags({ chassis, global, hostMs }: OvnCentralSample): readonly ChassisLag[] {
  const { nbCfg, nbCfgMs } = global ?? {};
  return chassis.map((one): ChassisLag => {
    const behind =
      nbCfg === undefined || nbCfg === 0 || one.nbCfg === undefined ? undefined : Math.max(0, nbCfg - one.nbCfg);
    return {
      chassis: one,
      behind,
      behindSeconds: behind ? seconds(hostMs, nbCfgMs) : undefined,
      tookMs:
        behind === 0 && one.nbCfgMs !== undefined && nbCfgMs !== undefined
          ? Math.max(0, one.nbCfgMs - nbCfgMs)
          : undefined,
    };
  });
}

/** Transactions that ovn-northd has not written to the southbound database (sb_cfg), with their age. */
export function northdLag({
  global,
  hostMs,
}: OvnCentralSample): { readonly behind: number; readonly seconds: number | undefined } | undefined {
  if (global?.nbCfg === undefined || global.sbCfg === undefined) return undefined;
  const behind = global.nbCfg - global.sbCfg;
  return behind > 0 ? { behind, seconds: seconds(hostMs, global.nbCfgMs) } : { behind: 0, seconds: undefined };
}
