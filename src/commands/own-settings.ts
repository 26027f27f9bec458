import type { OwnSettings } from '../app/own-settings.ts';
import type { Config, LoadedConfig } from '../config.ts';
import { overrides } from '../config/panes.ts';
import { savePanes } from '../config/saved-panes.ts';
import { findingOf } from '../figures/user-rule.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { findings, panes } from '../subsystems/index.ts';

/** Rules of the config file as rules of crashcart. */
const rulesOf = ({ rules }: Pick<Config, 'rules'>): readonly AnyFinding[] =>
  rules.map((rule) => findingOf(rule, panes));

/** crashcart's rules, then those of the config file. */
export const findingsWith = (config: Pick<Config, 'rules'>): readonly AnyFinding[] => [...findings, ...rulesOf(config)];

/** Settings of the screen, of a config file with what was saved beside it. */
export const ownSettings = (config: LoadedConfig): OwnSettings => ({
  views: config.views,
  save: (views) => {
    savePanes(config.panesFile, views);
    return { path: config.panesFile, overridden: overrides(config.panes, views) };
  },
  commands: config.commands,
  rules: rulesOf(config),
});
