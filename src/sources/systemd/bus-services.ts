import { keyValues } from '../../lib/lines.ts';
import { baseName } from '../sysfs.ts';
import { defineSource } from '../source.ts';

/**
 * Services that D-Bus starts when they are used: dbus-daemon(1), "system services". `SystemdService=` may be an alias, a link beside the
 * unit files.
 *
 *     /usr/share/dbus-1/system-services/org.freedesktop.hostname1.service: SystemdService=dbus-org.freedesktop.hostname1.service
 *     /usr/lib/systemd/system/dbus-org.freedesktop.hostname1.service -> systemd-hostnamed.service
 */
export const busServices = defineSource({
  id: 'bus-services',
  title: 'Services that D-Bus starts',
  why: 'Keeps services that end when idle and start by use out of the restart loops.',
  everySeconds: 600,
  value: 'low',
  reads: {
    services: { kind: 'glob', pattern: '/usr/share/dbus-1/system-services/*.service' },
    vendor: { kind: 'glob', pattern: '/usr/lib/systemd/system/dbus-*.service', links: true },
    admin: { kind: 'glob', pattern: '/etc/systemd/system/dbus-*.service', links: true },
  },
  parse: ({ services, vendor, admin }): ReadonlySet<string> => {
    const aliases = new Map([...(vendor ?? []), ...(admin ?? [])].map(([path, target]) => [baseName(path), baseName(target)])); // prettier-ignore
    return new Set(
      [...(services ?? []).values()].flatMap((text) => {
        const unit = keyValues(text, /=/).get('SystemdService');
        return unit === undefined ? [] : [aliases.get(unit) ?? unit];
      }),
    );
  },
});
