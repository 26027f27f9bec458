import { entityText } from '../findings/entity-ref.ts';
import type { EntityKey } from '../incidents/entity-graph.ts';
import type { Section, TableSection } from '../panes/pane.ts';

/** Row of an entity. */
export interface Place {
  readonly pane: string;
  readonly section: string;
  readonly row: string;
  readonly name: string;
}

/** Displayed name of the object of a row. */
export const nameOf = <Row>({ name, entity, key }: TableSection<Row>, row: Row): string =>
  name?.(row) ?? entity?.(row)?.id ?? key(row);

/** Rows of entities in the panes. Where two tables have one entity, the first has its row. */
export class EntityPlaces {
  readonly #rows = new Map<
    EntityKey,
    { readonly pane: string; readonly section: TableSection; readonly row: unknown }
  >();

  constructor(panes: Iterable<{ readonly id: string; readonly sections: readonly Section[] }>) {
    for (const { id, sections } of panes)
      for (const section of sections) {
        if (section.kind !== 'table' || !section.entity) continue;
        for (const row of section.rows as readonly unknown[]) {
          const entity = section.entity(row);
          if (!entity) continue;
          const key = entityText(entity);
          if (!this.#rows.has(key)) this.#rows.set(key, { pane: id, section, row });
        }
      }
  }

  has(entity: EntityKey): boolean {
    return this.#rows.has(entity);
  }

  of(entity: EntityKey): Place | undefined {
    const found = this.#rows.get(entity);
    if (!found) return undefined;
    const { pane, section, row } = found;
    return { pane, section: section.id, row: section.key(row), name: nameOf(section, row) };
  }
}
