import type { AlertChannels } from '../app/alerts.ts';
import type { AlertSettings } from '../config.ts';

/** Channels of the settings that the terminal takes; the Linux console and a dumb terminal print what they do not know. */
export function alertsFor({ bell, notify, title }: AlertSettings, env: NodeJS.ProcessEnv): AlertChannels {
  const term = env['TERM'] ?? '';
  const takesOsc = takesQueries(env);
  const isOsc777 = env['VTE_VERSION'] !== undefined || /^(?:rxvt|foot)/.test(term);
  return {
    bell,
    notify: notify && takesOsc ? (isOsc777 ? 'osc777' : 'osc9') : undefined,
    title: title && takesOsc,
    tmux: env['TMUX'] !== undefined,
  };
}

/** Whether the terminal takes control strings of any kind without printing them. */
export const takesQueries = ({ TERM = '' }: NodeJS.ProcessEnv): boolean =>
  !/^(?:|dumb|linux|vt\d+|cons\d+.*)$/.test(TERM);
