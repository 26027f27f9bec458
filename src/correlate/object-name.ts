import { label, plain } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import type { TableSection } from '../panes/pane.ts';
import { nameOf } from '../ui/table-difference.ts';

/** Keys that name their object better than the columns do. */
const NAMING_KEY = /^(?:osd\.|node)\d+$/;

/** `ceph-osd[951]`, `osd.1`, the name of a row; of a figure of lines its object. */
export function objectName(
  last: { readonly section: TableSection; readonly row: unknown } | undefined,
  object: string | undefined,
): string {
  if (!last) return object === undefined ? label('host') : plain(object);
  const { section, row } = last;
  // In other tables the process belongs to the object of the row.
  const process = section.id === 'processes' ? section.process?.(row) : undefined;
  if (process) return plain(`${process.name}[${process.pid}]`);
  const key = section.key(row);
  return NAMING_KEY.test(key) ? key : nameOf(section, row, NONE);
}
