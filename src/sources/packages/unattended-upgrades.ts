import { lines } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** Settings of apt for periodic runs; apt.conf(5): a later file wins, by the order of names. */
export const APT_SETTINGS = '/etc/apt/apt.conf.d/*';

/**
 * Whether packages change without a person: settings of apt's daily timers. /usr/lib/apt/apt.systemd.daily, apt.conf(5).
 *
 *     APT::Periodic::Update-Package-Lists "1";
 *     APT::Periodic::Unattended-Upgrade "1";
 */
export const unattendedUpgrades = defineSource({
  id: 'unattended-upgrades',
  title: 'Unattended upgrades',
  why: 'Shows whether apt upgrades packages of this host by itself, and may reboot it.',
  everySeconds: 600,
  value: 'low',
  reads: { settings: { kind: 'glob', pattern: APT_SETTINGS } },
  parse: ({ settings }): UnattendedUpgrades | undefined => {
    if (settings === undefined) return undefined;
    const texts = [...settings].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
    const value = (name: string): string | undefined => {
      const setting = new RegExp(String.raw`^\s*${name}\s+"?([^";]*)"?\s*;`, 'i');
      return texts.flatMap((text) => lines(text).flatMap((line) => setting.exec(line)?.[1] ?? [])).at(-1);
    };
    const period = value('APT::Periodic::Unattended-Upgrade');
    return {
      isEnabled: period !== undefined && period !== '0' && value('APT::Periodic::Enable') !== '0',
      reboots: value('Unattended-Upgrade::Automatic-Reboot') === 'true',
    };
  },
});

export interface UnattendedUpgrades {
  readonly isEnabled: boolean;
  /** Whether it reboots the host when a package wants that. */
  readonly reboots: boolean;
}
