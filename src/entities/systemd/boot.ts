import type { BootUnit, BootUnits } from '../../sources/systemd/boot-units.ts';

/** Unit of the boot: times since the start of userspace. */
export interface BootStep {
  readonly name: string;
  readonly seconds: number;
  /** When it was active. */
  readonly atSeconds: number;
}

const LONGEST_CHAIN = 60;
const TARGETS = ['graphical.target', 'multi-user.target', 'default.target'];
/** Units are active moments after what they wait for. */
const SLACK_SECONDS = 0.001;

type Active = BootUnit & { readonly name: string; readonly activeAt: number };

const activeUnits = ({ units, finishedAt }: BootUnits): readonly Active[] =>
  [...units].flatMap(([name, unit]) =>
    unit.activeAt === undefined || unit.activeAt < unit.startedAt || unit.activeAt > (finishedAt ?? Infinity)
      ? []
      : [{ ...unit, name, activeAt: unit.activeAt }],
  );

const stepOf = ({ name, startedAt, activeAt }: Active, from: number): BootStep => ({
  name,
  seconds: activeAt - startedAt,
  atSeconds: Math.max(0, activeAt - from),
});

/** Units by the time that they took to start, as `systemd-analyze blame`; without those that systemd did not start in this boot. */
export const slowestUnits = (boot: BootUnits): readonly BootStep[] =>
  activeUnits(boot)
    .map((unit) => stepOf(unit, boot.userspaceAt ?? 0))
    .filter(({ name, seconds }) => seconds > 0 && !name.endsWith('.device'))
    .toSorted((a, b) => b.seconds - a.seconds);

/** Chain of units that the last target waited for, the last first, as `systemd-analyze critical-chain`. */
export function criticalChain(boot: BootUnits): readonly BootStep[] {
  const active = new Map(activeUnits(boot).map((unit) => [unit.name, unit]));
  const chain: BootStep[] = [];
  const seen = new Set<string>();
  let unit = TARGETS.map((name) => active.get(name)).find((one) => one !== undefined);
  while (unit !== undefined && chain.length < LONGEST_CHAIN && !seen.has(unit.name)) {
    const { startedAt } = unit;
    chain.push(stepOf(unit, boot.userspaceAt ?? 0));
    seen.add(unit.name);
    const before = unit.after.flatMap((name) => active.get(name) ?? []);
    unit = before
      .filter(({ activeAt }) => activeAt <= startedAt + SLACK_SECONDS)
      .reduce<Active | undefined>((latest, one) => (one.activeAt > (latest?.activeAt ?? -1) ? one : latest), undefined);
  }
  return chain;
}
