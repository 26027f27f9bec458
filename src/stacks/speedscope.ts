import { plain } from '../lib/plain.ts';
import { frameKey, frameName } from './frame-name.ts';
import { intervalMs, type StackProfile } from './profile.ts';
import type { StackFrame } from './stack.ts';
import { waitStates, type WaitState } from './wait-state.ts';

interface Frame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

/**
 * Profile as speedscope takes it (https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts): one sampled profile
 * per state. Weights are milliseconds of a thread; samples of one reading alone.
 */
export function speedscopeJson(profile: StackProfile): string {
  const frames = new Map<string, number>();
  const shared: Frame[] = [];
  const indexOf = (frame: StackFrame): number => {
    const key = frameKey(frame);
    const known = frames.get(key);
    if (known !== undefined) return known;
    frames.set(key, shared.length);
    const { file, module, line } = frame;
    const place = file ?? module;
    shared.push({
      name: plain(frameName(frame)),
      ...(place !== undefined && { file: plain(place) }),
      ...(line !== undefined && file !== undefined && { line }),
    });
    return shared.length - 1;
  };
  const each = intervalMs(profile);
  // `keys` of a record has its keys.
  const states = (Object.keys(waitStates) as WaitState[]).filter((state) =>
    profile.stacks.some((one) => one.state === state),
  );
  const name = plain(profile.name);
  const profiles = states.map((state) => {
    const stacks = profile.stacks.filter((one) => one.state === state);
    const weights = stacks.map(({ samples }) => Math.round(samples * (each ?? 1)));
    return {
      type: 'sampled',
      name: `${name}: ${waitStates[state]}`,
      unit: each === undefined ? 'none' : 'milliseconds',
      startValue: 0,
      endValue: weights.reduce((sum, weight) => sum + weight, 0),
      samples: stacks.map((stack) => stack.frames.map(indexOf)),
      weights,
    };
  });
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: `${name} (${profile.pid})`,
    exporter: 'crashcart',
    activeProfileIndex: 0,
    shared: { frames: shared },
    profiles,
  });
}
