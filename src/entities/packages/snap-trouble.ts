import type { Snap } from '../../sources/packages/snaps.ts';

/** Why a snap does not work: snapd could not set it up, or its own health check fails. */
export function snapTrouble({ broken, health }: Snap): string | undefined {
  if (broken !== undefined) return `broken, ${broken}`;
  if (health?.status !== 'error' && health?.status !== 'blocked') return undefined;
  return [`health ${health.status}`, health.message].filter(Boolean).join(', ');
}
