import { describe, expect, test } from 'vitest';
import { incidentWindow, windowChoices, type ReadingTimes, type WindowMark } from '../../src/correlate/windows.ts';

const START_MS = Date.UTC(2026, 2, 14, 12, 0, 0);
const times = (minutes: number, coarse = false): ReadingTimes => ({
  startMs: START_MS,
  atMs: START_MS + minutes * 60_000,
  coarse,
});
const seconds = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) => [
  (fromMs - START_MS) / 1000,
  (toMs - START_MS) / 1000,
];

describe('windowChoices', () => {
  const titles = (minutes: number, marks: readonly WindowMark[] = []) =>
    windowChoices(times(minutes), marks, undefined).map(({ title }) => title);

  test('windowChoices offers the last minutes that have as much before them', () => {
    expect(titles(40)).toEqual(['last 1m00', 'last 5m00', 'last 15m00']);
    expect(titles(12)).toEqual(['last 1m00', 'last 5m00']);
  });

  test('windowChoices offers a quarter of few readings, and nothing for fewer', () => {
    expect(titles(1)).toEqual(['last 15s']);
    expect(titles(0.3)).toEqual([]);
  });

  test('windowChoices offers markers with readings before and after, newest first', () => {
    const mark = (second: number, kind: WindowMark['kind']): WindowMark => ({ wallMs: START_MS + second * 1000, kind, text: 'x' }); // prettier-ignore
    const marks = [
      mark(2, 'finding'),
      mark(100, 'marker'),
      mark(130, 'finding'),
      mark(160, 'note'),
      mark(239, 'marker'),
    ];
    expect(titles(4, marks)).toEqual([
      'last 1m00',
      'between the last two markers',
      'since note 12:02:40',
      'since finding 12:02:10',
      'since marker 12:01:40',
    ]);
    const between = windowChoices(times(4), marks, undefined).find(({ title }) => title.startsWith('between'));
    expect(between && seconds(between.window)).toEqual([160, 239]);
  });

  test('windowChoices offers hours where figures are minutes apart', () => {
    expect(windowChoices(times(24 * 60, true), [], undefined).map(({ title }) => title)).toEqual([
      'last 1h00',
      'last 2h00',
      'last 4h00',
    ]);
  });
});

describe('incidentWindow', () => {
  const windowOf = (minutes: number, onsetSecond: number) => {
    const choice = incidentWindow(times(minutes), { object: 'osd.1', onsetMs: START_MS + onsetSecond * 1000 });
    return choice && { seconds: seconds(choice.window), about: choice.about };
  };

  test('incidentWindow begins at the onset and takes at most a quarter of the readings', () => {
    expect(windowOf(10, 570)).toEqual({ seconds: [570, 600], about: 'from its onset at 12:09:30' });
    expect(windowOf(10, 200)?.seconds).toEqual([200, 350]);
  });

  test('incidentWindow is the last quarter for an older incident, and states that', () => {
    expect(windowOf(10, -500)).toEqual({
      seconds: [450, 600],
      about: 'began before the readings: their last quarter',
    });
    expect(windowOf(10, 599)?.about).toBe('began just now: last quarter of the readings');
    expect(windowOf(0.2, -500)).toBeUndefined();
  });
});
