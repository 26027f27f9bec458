import { libvirtMonitor, parseMonitors, type GuestMonitor } from './libvirt-monitor.ts';
import { defineDetail } from '../source.ts';

/** Monitor of one guest while its detail is open: the request of `libvirt-monitor`, at a shorter period. */
export const guestMonitor = defineDetail({
  id: 'guest-monitor',
  title: 'Monitor of a guest',
  why: 'Shows disks, memory and jobs of one guest while its detail is open.',
  everySeconds: 2,
  example: { uuid: '00000000-0000-0000-0000-000000000000' },
  reads: () => libvirtMonitor.reads,
  parse: ({ daemon, modular }, { uuid }: { readonly uuid: string }): GuestMonitor | undefined =>
    parseMonitors(modular ?? daemon)?.guests.get(uuid),
});
