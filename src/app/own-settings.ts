import type { CustomCommand } from '../debugger/custom-command.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { plainViewSettings, type ViewSettings } from '../ui/view-settings.ts';

/** Settings of a person as the screen uses them. */
export interface OwnSettings {
  readonly views: ViewSettings;
  /** Saves the panes; undefined where nothing is saved. Throws where the file cannot be written. */
  readonly save: ((views: ViewSettings) => SavedViews) | undefined;
  readonly commands: readonly CustomCommand[];
  readonly rules: readonly AnyFinding[];
}

export interface SavedViews {
  readonly path: string;
  /** Settings of the config file that go before saved ones with other values. */
  readonly overridden: readonly string[];
}

export const noSettings: OwnSettings = { views: plainViewSettings, save: undefined, commands: [], rules: [] };
