import type { AnyPane, Section } from '../../panes/pane.ts';
import type { AnySource } from '../../sources/source.ts';
import type { Moment, Needs, Seen } from '../../timeline/moment.ts';
import { momentSinceStart } from '../../timeline/since-start.ts';

/** Model of a pane at a moment, and its sections. */
export interface PaneAt {
  readonly model: unknown;
  readonly sections: () => readonly Section[];
}

/**
 * Pane at a moment. Where there is one reading only, as in a sosreport, its rates are means since the start of the counters, and
 * the sections with them are marked.
 */
export function paneAt(pane: AnyPane, moment: Moment<Needs>): PaneAt {
  // A pane's functions fit each other by construction in definePane.
  const model: unknown = pane.model(momentSinceStart(moment));
  const marks = new Map<string, string>();
  for (const [name, source] of Object.entries<AnySource>(pane.needs)) {
    const seen: Seen<unknown> | undefined = moment[name];
    if (seen?.sinceStart) marks.set(source.id, `since ${seen.sinceStart.since}`);
  }
  return {
    model,
    sections: () =>
      pane.sections(model).map((section) => {
        const mark = section.sources.map((id) => marks.get(id)).find((one) => one !== undefined);
        return mark === undefined || section.isCourse
          ? section
          : { ...section, note: section.note ? `${section.note} · ${mark}` : mark };
      }),
  };
}
