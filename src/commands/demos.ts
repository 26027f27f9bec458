/** Bundled recordings of real systems in trouble, the first by default. */
export const demos = [
  {
    name: 'cluster',
    file: 'demo.cc.zst',
    about: 'a dead OSD below KVM guests, containers, Kubernetes, Open vSwitch, OVN and databases',
  },
  {
    name: 'host',
    file: 'demo-host.cc.zst',
    about: 'a Debian host over SSH: kernel log, systemd, network, clock',
  },
  {
    name: 'cloud',
    file: 'demo-cloud.cc.zst',
    about: 'OpenStack on one host, its broker out of memory; MariaDB, PostgreSQL, Redis, HAProxy',
  },
] as const;

export type Demo = (typeof demos)[number];
