import type { Config } from '../config.ts';
import { makeTheme, type Theme } from '../theme.ts';
import type { Background, Depth, ThemeName } from '../theme-palettes.ts';
import type { ScreenOptions } from './arguments.ts';
import { terminfoColours } from './terminfo-colours.ts';

/** Theme by precedence: command line, config file, environment (NO_COLOR (no-color.org), TERM, locale). */
export function themeFor(
  screen: Pick<ScreenOptions, 'ascii' | 'colour' | 'theme'>,
  config: Pick<Config, 'theme'>,
  env: NodeJS.ProcessEnv,
): Theme {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const plainTerminal = env['TERM'] === 'dumb';
  const name = nameFor(screen, config, env['NO_COLOR'] || plainTerminal ? 'mono' : 'auto');
  return makeTheme({
    ascii: screen.ascii ?? config.theme.ascii ?? (plainTerminal || /^(C|POSIX)$/.test(locale)),
    colour: name !== 'mono',
    name: name === 'mono' ? 'auto' : name,
    background: name === 'light' ? 'light' : (backgroundBy(env['COLORFGBG']) ?? 'dark'),
    depth: depthBy(env, terminfoColours(env)),
  });
}

function nameFor(
  screen: Pick<ScreenOptions, 'colour' | 'theme'>,
  { theme }: Pick<Config, 'theme'>,
  byEnvironment: 'mono' | 'auto',
): ThemeName | 'auto' {
  if (screen.colour === false) return 'mono';
  if (screen.theme !== undefined) return screen.theme;
  if (screen.colour) return theme.name ?? 'auto';
  if (theme.colour === false) return 'mono';
  return theme.name ?? (theme.colour ? 'auto' : byEnvironment);
}

/** Background by COLORFGBG (rxvt, Konsole: `15;0`, `0;default;15`): its last colour, white or a bright one is light. */
export function backgroundBy(colorfgbg: string | undefined): Background | undefined {
  const last = /;(\d+)$/.exec(colorfgbg ?? '')?.[1];
  if (last === undefined) return undefined;
  const index = Number(last);
  return index === 7 || (index > 8 && index < 16) ? 'light' : 'dark';
}

/**
 * Colours of the terminal: COLORTERM, else terminfo's `max_colors`, else the name in TERM. COLORTERM of the terminal
 * outside passes into GNU screen, which has no 24 bits before version 5; tmux turns them into what its terminal has.
 */
export function depthBy(env: NodeJS.ProcessEnv, maxColours: number | undefined): Depth {
  const term = env['TERM'] ?? '';
  const inScreen = env['STY'] !== undefined && env['TMUX'] === undefined;
  if (/^(?:truecolor|24bit)$/.test(env['COLORTERM'] ?? '') && !inScreen) return 'truecolor';
  const colours = maxColours ?? (/-direct/.test(term) ? 1 << 24 : /256color/.test(term) ? 256 : 16);
  return colours >= 1 << 24 ? 'truecolor' : colours >= 256 ? '256' : '16';
}
