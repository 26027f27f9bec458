import type { EntityRef } from '../findings/entity-ref.ts';
import type { GoStep } from '../findings/next-step.ts';
import type { Section, TableSection } from '../panes/pane.ts';

/** Key of the row that a step leads to, in the first table that has one. */
export function rowOfStep(sections: readonly Section[], { row, entity }: GoStep): string | undefined {
  const tables = sections.filter((section): section is TableSection => section.kind === 'table');
  for (const table of tables)
    for (const one of table.rows) {
      const key = table.key(one);
      if (key === row || (entity !== undefined && (key === entity.id || isAbout(table, one, entity)))) return key;
    }
  return undefined;
}

/** Whether the cells of a row name a pod or workload, whose keys are ids of the API server. */
function isAbout({ columns }: TableSection, row: unknown, { kind, id }: EntityRef): boolean {
  if (kind !== 'pod' && kind !== 'workload') return false;
  const [name, namespace] = id.split('/').toReversed();
  const cells = new Set(columns.map((column) => column.value(row)));
  return cells.has(id) || (cells.has(name) && cells.has(namespace));
}
