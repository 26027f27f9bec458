import type { InfluenceRow } from '../influence.ts';

/** Influences of units. */
export const systemdInfluences: readonly InfluenceRow[] = [
  ['unit-tasks', 'unit-failed', 'unit', [], 'often', 3600, 'fork fails at TasksMax'],
  ['unit-tasks', 'unit-restart-loop', 'unit', [], 'often', 3600, 'fork fails at TasksMax'],
]; // prettier-ignore
