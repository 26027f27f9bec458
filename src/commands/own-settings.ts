import type { OwnSettings } from '../app/own-settings.ts';
import type { LoadedConfig } from '../config.ts';
import { overrides } from '../config/panes.ts';
import { savePanes } from '../config/saved-panes.ts';
import { findingOf } from '../figures/user-rule.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { troubleFindings } from '../findings/packages/known-trouble.ts';
import { findings, panes } from '../subsystems/index.ts';

type Own = Pick<LoadedConfig, 'rules' | 'trouble'>;

/** Rules of the config file and of known trouble as rules of crashcart. */
const rulesOf = ({ rules, trouble }: Own): readonly AnyFinding[] => [
  ...rules.map((rule) => findingOf(rule, panes)),
  ...(trouble === undefined ? [] : troubleFindings(trouble)),
];

/** crashcart's rules, then those of the config file. */
export const findingsWith = (config: Own): readonly AnyFinding[] => [...findings, ...rulesOf(config)];

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
