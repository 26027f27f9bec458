import { didYouMean } from '../lib/did-you-mean.ts';
import type { AnyPane, Section } from '../panes/pane.ts';
import type { TableSettings, ViewSettings } from '../ui/view-settings.ts';

/**
 * Sentences about sections and columns that a pane does not have: a note and no error, since some depend on the host.
 * `sectionsOf`: those of a pane before the first reading.
 */
export function tableNotes(
  { panes: settings }: ViewSettings,
  panes: readonly AnyPane[],
  sectionsOf: (pane: AnyPane) => readonly Section[],
): readonly string[] {
  return panes.flatMap((pane) => {
    const own = settings[pane.id];
    const sections = own === undefined ? [] : sectionsOf(pane);
    return Object.entries(own?.tables ?? {}).flatMap(([id, table]) => {
      const section = sections.find((one) => one.id === id);
      if (section === undefined) {
        const near = didYouMean(id, sections.map((one) => one.id)); // prettier-ignore
        return near === '' ? [] : [`panes.${pane.id}.${id}: no such section${near}`];
      }
      return section.kind === 'table' ? columnNotes(`panes.${pane.id}.${id}`, table, section) : [];
    });
  });
}

function columnNotes(
  of: string,
  { columns = [], hide = [], sort }: TableSettings,
  section: Extract<Section, { kind: 'table' }>,
): readonly string[] {
  const ids = section.columns.map(({ id }) => id);
  return [...columns, ...hide, ...(sort === undefined ? [] : [sort])].flatMap((id) => {
    const near = ids.includes(id) ? '' : didYouMean(id, ids);
    return near === '' ? [] : [`${of}: no column "${id}"${near}`];
  });
}
