import { parseMonitors, type GuestMonitor } from './libvirt-monitor.ts';
import { defineDetail } from './source.ts';

/** The same question as `libvirt-monitor` asks, for one guest that somebody looks at. */
export const guestMonitor = defineDetail({
  id: 'guest-monitor',
  title: 'Monitor of a guest',
  why: 'Shows disks, memory and jobs of one guest while it is looked at.',
  everySeconds: 2,
  example: { uuid: '00000000-0000-0000-0000-000000000000' },
  reads: () => ({
    daemon: {
      kind: 'talk',
      dialect: 'libvirt',
      to: '/run/libvirt/libvirt-sock-ro',
      request: 'monitor',
      as: 'root',
      timeoutMs: 8000,
    },
    modular: {
      kind: 'talk',
      dialect: 'libvirt',
      to: '/run/libvirt/virtqemud-sock-ro',
      request: 'monitor',
      as: 'root',
      timeoutMs: 8000,
    },
  }),
  parse: ({ daemon, modular }, { uuid }: { readonly uuid: string }): GuestMonitor | undefined =>
    parseMonitors(modular ?? daemon)?.guests.get(uuid),
});
