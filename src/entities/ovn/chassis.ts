import type { Chassis, OvnCentralSample } from '../../sources/ovn/central.ts';

/** A chassis and how far it is behind what is configured. */
export interface ChassisLag {
  readonly chassis: Chassis;
  /** How many numbered changes it has not carried out; undefined where no change was ever numbered. */
  readonly behind: number | undefined;
  /** Since when it is behind: the age of the newest change, or of what it last wrote. */
  readonly behindSeconds: number | undefined;
  /** How long it took it to carry out the newest change; undefined while it is behind. */
  readonly tookMs: number | undefined;
}

const seconds = (now: number | undefined, then: number | undefined): number | undefined =>
  now === undefined || then === undefined ? undefined : Math.max(0, (now - then) / 1000);

/** ovn-nb(5), NB_Global: a change is numbered when somebody waits for it (`--wait`), or the cloud's controller wants to know. */
export function chassisLags({ chassis, global, hostMs }: OvnCentralSample): readonly ChassisLag[] {
  const { wanted, wantedMs } = global ?? {};
  return chassis.map((one): ChassisLag => {
    const behind =
      wanted === undefined || wanted === 0 || one.done === undefined ? undefined : Math.max(0, wanted - one.done);
    return {
      chassis: one,
      behind,
      behindSeconds: behind ? seconds(hostMs, wantedMs) : undefined,
      tookMs:
        behind === 0 && one.doneMs !== undefined && wantedMs !== undefined
          ? Math.max(0, one.doneMs - wantedMs)
          : undefined,
    };
  });
}

/** Changes that ovn-northd itself has not translated, and for how long. */
export function northdLag({
  global,
  hostMs,
}: OvnCentralSample): { readonly behind: number; readonly seconds: number | undefined } | undefined {
  if (global?.wanted === undefined || global.translated === undefined) return undefined;
  const behind = global.wanted - global.translated;
  return behind > 0 ? { behind, seconds: seconds(hostMs, global.wantedMs) } : { behind: 0, seconds: undefined };
}
