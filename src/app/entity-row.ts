import { entityText } from '../findings/entity-ref.ts';
import type { GoStep } from '../findings/next-step.ts';
import type { Section, TableSection } from '../panes/pane.ts';

/** Key of the row that a step leads to, in the first table that has one. */
export function rowOfStep(sections: readonly Section[], { row, entity }: GoStep): string | undefined {
  const wanted = entity && entityText(entity);
  const tables = sections.filter((section): section is TableSection => section.kind === 'table');
  for (const table of tables)
    for (const one of table.rows) {
      const key = table.key(one);
      const ref = wanted === undefined ? undefined : table.entity?.(one);
      if (key === row || (ref && entityText(ref) === wanted)) return key;
    }
  return undefined;
}
