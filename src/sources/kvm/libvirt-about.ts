import { countOf, fields, json, textOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

/** Versions of libvirt and QEMU: `virsh version`, `virsh nodeinfo`. */
export const libvirtAbout = defineSource({
  id: 'libvirt-about',
  title: 'libvirt',
  why: 'Shows the versions of libvirt and QEMU, which known faults depend on.',
  everySeconds: 600,
  value: 'low',
  reads: {
    daemon: { kind: 'talk', dialect: 'libvirt', to: '/run/libvirt/libvirt-sock-ro', request: 'about', as: 'root' },
    modular: { kind: 'talk', dialect: 'libvirt', to: '/run/libvirt/virtqemud-sock-ro', request: 'about', as: 'root' },
  },
  parse: ({ daemon, modular }) => {
    const about = fields(json(modular ?? daemon));
    return {
      libvirt: textOf(about['libvirt']),
      qemu: textOf(about['qemu']),
      cpus: countOf(about['cpus']),
      modular: modular !== undefined,
    };
  },
});
