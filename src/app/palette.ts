import { keyLabel, keyOfPane } from '../keymap.ts';
import { renamed } from '../theme.ts';
import { themeNames } from '../theme-palettes.ts';
import type { AnyPane } from '../panes/pane.ts';
import { isBare } from '../ui/pane-view.ts';
import { commandChoices } from './command-flow.ts';
import { choose, type Choice } from './choose.ts';
import { fleetChoice, fleetChoices } from './fleet-flow.ts';
import { guardRow, ROW_GONE, ROW_WHEN } from './row-guard.ts';
import type { Screen } from './screen.ts';
import { sliceChoices } from './slice-flow.ts';
import { storyChoice } from './story-choice.ts';
import { changeTable, sortedBy } from './surface-actions.ts';
import { waitChoice } from './wait-flow.ts';

type Run = Choice<() => void>;

/** Opens the palette: panes and their sections, sort columns, actions that apply. */
export async function palette(screen: Screen): Promise<void> {
  const { surface } = screen;
  const before = surface?.view;
  const question = {
    title: 'Palette',
    choices: paletteChoices(screen),
    guessing: true,
    typed: (query: string) => waitChoice(screen, query) ?? fleetChoice(screen, query) ?? storyChoice(screen, query),
  };
  const pinned = surface?.view;
  const run = await choose(screen.layers, question, screen.changed);
  // A palette that was only opened moves no selection.
  if (run === undefined && surface && before && surface.view === pinned) surface.view = before;
  run?.();
}

export const paletteChoices = (screen: Screen): readonly Run[] => [
  ...paneChoices(screen),
  ...sectionChoices(screen),
  ...columnChoices(screen),
  ...commandChoices(screen),
  ...sliceChoices(screen),
  ...fleetChoices(screen),
  ...actionChoices(screen),
  ...themeChoices(screen),
];

/** Opens a pane by its key or its tab; one that is not present shows the reason and leaves the screen as it is. */
export function openTab(screen: Screen, pane: string | undefined): void {
  const { watch } = screen;
  if (!watch || pane === undefined) return;
  const why = pane === watch.tab ? undefined : watch.whyAbsent(pane);
  const title = watch.tabs().find(({ id }) => id === pane)?.title;
  if (title === undefined) screen.notify(`${pane}: no such pane in this version`);
  else if (why !== undefined) screen.notify(`${title}: ${why}`);
  else {
    screen.layers.clear();
    watch.openDirectly(pane);
  }
}

function openPane(screen: Screen, id: string, focus?: string): void {
  const { watch } = screen;
  if (!watch) return;
  screen.layers.clear();
  watch.open(id);
  if (focus !== undefined) watch.surface.view = { ...watch.surface.view, focus, zoomed: false };
}

const paneOf = ({ watch }: Screen, id: string): AnyPane | undefined => watch?.panes.find((pane) => pane.id === id);

function paneChoices(screen: Screen): readonly Run[] {
  const { watch, keymap, theme } = screen;
  return (watch?.tabs() ?? []).map(({ id, title }) => {
    const key = keyOfPane(keymap, id);
    return {
      value: () => openPane(screen, id),
      title: `pane ${title}`,
      names: [id, title],
      aliases: paneOf(screen, id)?.aliases,
      about: watch?.whyAbsent(id),
      hint: key === undefined ? undefined : keyLabel(key, theme.ascii),
    };
  });
}

/** Sections of the panes that are present, by their titles and by those aliases of the pane that begin a word of them. */
function sectionChoices(screen: Screen): readonly Run[] {
  const { watch } = screen;
  return (watch?.shownPanes() ?? []).flatMap(({ id, sections }) =>
    sections
      .filter((section) => !isBare(section))
      .map((section): Run => {
        const title = section.title.replaceAll(/[\d.,]+/g, '').trim();
        const words = title.toLowerCase().split(/\s+/);
        const aliases = paneOf(screen, id)?.aliases ?? [];
        return {
          value: () => openPane(screen, id, section.id),
          title: `section ${title}`,
          names: [section.id, title, ...aliases.filter((alias) => words.some((word) => word.startsWith(alias)))],
          about: paneOf(screen, id)?.title,
        };
      }),
  );
}

function columnChoices({ surface }: Screen): readonly Run[] {
  const section = surface?.focused();
  if (section?.kind !== 'table' || !surface) return [];
  return section.columns.map(({ id, title, about }) => ({
    value: () => changeTable(surface, (_, table) => sortedBy(table, id)),
    title: `sort by ${title}`,
    about,
  }));
}

function actionChoices(screen: Screen): readonly Run[] {
  const { keymap, theme } = screen;
  const isSameRow = guardRow(screen);
  return keymap.actions
    .filter(({ group, when, id }) => group !== 'Move' && id !== 'palette' && screen.applies(when))
    .toSorted((a, b) => (a.footer ?? 99) - (b.footer ?? 99))
    .map((action) => ({
      value: () => {
        if (!ROW_WHEN.has(action.when) || isSameRow()) screen.act(action.id);
        else screen.notify(`${action.title}: ${ROW_GONE}`);
      },
      title: action.title,
      names: [action.title, action.id],
      aliases: action.names,
      guarded: action.changesSession,
      about: action.about,
      hint: keyLabel(action.keys[0] ?? '', theme.ascii),
    }));
}

function themeChoices(screen: Screen): readonly Run[] {
  return (['auto', ...themeNames] as const).map((name) => ({
    value: () => screen.useTheme(renamed(screen.theme, name)),
    title: `theme ${name}`,
    about: name === 'auto' ? 'Colours by the background of the terminal.' : undefined,
  }));
}
