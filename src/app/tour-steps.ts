import type { ActionId } from '../keymap.ts';

/** One step of the tour: a key and what it is for. */
export interface TourStep {
  /** Up to two lines at 80 columns. */
  readonly text: string;
  readonly action: ActionId;
  /** Pane that the key opens. */
  readonly pane?: string;
  /** What is on the screen when its key is pressed. */
  readonly on: 'pane' | 'page' | 'dialog';
}

/** Time in the demo at which the tour starts: readings have rates, and the dead OSD is the first incident. */
export const TOUR_START_MS = 6000;

/** Way of a newcomer through one incident of the demo: an OSD that died. `test/journeys/tour.test.tsx` walks it. */
export const TOUR: readonly TourStep[] = [
  {
    text: 'A recording of a host with many faults; a live host looks the same. Pause it, so that nothing moves while you read.',
    action: 'pause',
    on: 'pane',
  },
  {
    text: 'Each line is an incident: the likeliest cause, with what follows from it folded below. osd.1 is first. Open it for its evidence.',
    action: 'detail',
    on: 'pane',
  },
  {
    text: 'The incident on one page: its next step, what it explains, its evidence, and what changed before it. q closes a page.',
    action: 'quit',
    on: 'page',
  },
  {
    text: 'What now? Each finding has next steps: rows to look at, read-only commands to copy, tools with their cost.',
    action: 'steps',
    on: 'pane',
  },
  {
    text: 'The first step goes to the row of the faulty object, in the pane of its subsystem. Take it.',
    action: 'detail',
    on: 'dialog',
  },
  {
    text: 'Ceph, with osd.1 selected. Nothing is hidden: see the raw readings behind this row, each with its path or command.',
    action: 'raw',
    on: 'pane',
  },
  {
    text: 'These are the replies as the host gave them. Close the page.',
    action: 'quit',
    on: 'page',
  },
  {
    text: 'Panes keep their keys on every host. Was a disk or the memory at fault? Open the hardware.',
    action: 'pane',
    pane: 'hardware',
    on: 'pane',
  },
  {
    text: '{ and } jump to the previous and the next mark on the time bar: findings, notes, changes. See what came next.',
    action: 'mark-forward',
    on: 'pane',
  },
  {
    text: 'That is one incident in two minutes. All keys are on one page, and : finds any pane or action by its name.',
    action: 'help',
    on: 'pane',
  },
];
