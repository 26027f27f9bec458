import { plain } from '../lib/plain.ts';
import { plural } from '../lib/units.ts';
import { frameName, framePlace } from './frame-name.ts';
import type { CountedStack, StackProfile } from './profile.ts';
import type { StackFrame } from './stack.ts';
import type { TargetEffect } from './target-effect.ts';
import { waitStates } from './wait-state.ts';

const seconds = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} s`;
const millis = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** `118 readings in 10 s, 11.8/s`; the number alone of one, and where the clock of the host went back. */
export function rateText({ readings, startMs, endMs }: StackProfile): string {
  const lasted = (endMs - startMs) / 1000;
  if (readings < 2 || lasted <= 0) return plural(readings, 'reading');
  return `${readings} readings in ${seconds(lasted)}, ${((readings - 1) / lasted).toFixed(1)}/s`;
}

/** Cost on the host: `3.9 ms of CPU per reading, 1.6 % of a CPU`. */
export function costText({ readings, costUs, startMs, endMs }: StackProfile): string {
  const each = `${millis(costUs / Math.max(1, readings) / 1000)} ms of CPU per reading`;
  const lastedMs = endMs - startMs;
  return readings < 2 || lastedMs <= 0 ? each : `${each}, ${(costUs / 10 / lastedMs).toFixed(1)} % of a CPU`;
}

/** Rate and cost in one line, for below a title. */
export const profileAbout = (profile: StackProfile): string => `${rateText(profile)}; ${costText(profile)}`;

/** Effect on the process: whether a reading saw a thread of it stopped (T, t), and what schedstat has, else stat. */
export function effectText({ readings, stoppedReadings }: StackProfile, effect: TargetEffect | undefined): string {
  const stopped =
    stoppedReadings === 0
      ? 'not stopped in any reading'
      : `stopped or traced by another in ${stoppedReadings} of ${plural(readings, 'reading')}`;
  if (!effect || effect.seconds <= 0) return stopped;
  const { cpuSeconds, delaySeconds } = effect;
  const ran = `${stopped}; ran ${millis(cpuSeconds * 1000)} ms`;
  if (delaySeconds === undefined) return `${ran} in ${seconds(effect.seconds)} (stat)`;
  return `${ran}, waited for a CPU ${millis(delaySeconds * 1000)} ms in ${seconds(effect.seconds)} (schedstat)`;
}

/** Stacks of a text, the most frequent first. */
const MAX_STACKS = 200;

/** Profile as text: head, states with their shares, then each stack from its innermost frame. */
export function profileText(profile: StackProfile, effect: TargetEffect | undefined): string {
  const { name, pid, runtime, threads, stacks, samples, notes } = profile;
  const left = stacks.length - MAX_STACKS;
  const lines = [
    `${plain(name)} (${pid}): ${runtime === undefined ? 'native code' : plain(runtime)}, ${plural(threads, 'stack')} at a time, ${rateText(profile)}`,
    `cost: ${costText(profile)}`,
    `target: ${effectText(profile, effect)}`,
    ...notes.map((note) => `note: ${plain(note)}`),
    '',
    ...stateLines(profile),
    ...stacks.slice(0, MAX_STACKS).flatMap((stack) => ['', ...stackLines(stack, profile)]),
    ...(left > 0 ? ['', `and ${left} stacks more, ${rest(stacks.slice(MAX_STACKS))} of ${samples} samples`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const rest = (stacks: readonly CountedStack[]): number => stacks.reduce((sum, { samples }) => sum + samples, 0);
const share = (part: number, all: number): string => `${((100 * part) / Math.max(1, all)).toFixed(1)} %`;

function stateLines({ stacks, samples, readings }: StackProfile): readonly string[] {
  return Object.entries(waitStates).flatMap(([state, words]) => {
    const here = rest(stacks.filter((stack) => stack.state === state));
    if (here === 0) return [];
    return [`${share(here, samples).padStart(8)}  ${(here / readings).toFixed(1).padStart(7)} at a time  ${words}`];
  });
}

function stackLines({ state, frames, samples, threads }: CountedStack, profile: StackProfile): readonly string[] {
  const mean = samples / profile.readings;
  const named = threads.map((thread) => plain(thread)).join(', ');
  const more = mean > threads.length ? ' and more' : '';
  return [
    `${share(samples, profile.samples)}, ${mean.toFixed(1)} at a time, ${waitStates[state]}: ${named}${more}`,
    ...frames.toReversed().map((frame) => `    ${frameText(frame)}`),
  ];
}

function frameText(frame: StackFrame): string {
  const place = framePlace(frame);
  const kind = frame.kind === 'kernel' ? ' [kernel]' : '';
  return plain(`${frameName(frame)}${kind}${place === undefined ? '' : ` (${place})`}`);
}
