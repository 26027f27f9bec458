import { compareDebianVersions } from '../../lib/debian-version.ts';
import type { Package, PackagesSample } from '../../sources/packages/packages.ts';

/** Published fault of some versions of a package. */
export interface KnownFault {
  readonly id: string;
  readonly package: string;
  /** First and last version with the fault, both included. */
  readonly versions: readonly (readonly [first: string, last: string])[];
  readonly sentence: string;
  readonly severity: 'warn' | 'info';
  /** Page of the fault. */
  readonly link: string;
}

const lp = (bug: number): { readonly id: string; readonly link: string } => ({
  id: `LP#${bug}`,
  link: `https://bugs.launchpad.net/bugs/${bug}`,
});
const ceph = (issue: number): { readonly id: string; readonly link: string } => ({
  id: `ceph#${issue}`,
  link: `https://tracker.ceph.com/issues/${issue}`,
});

/**
 * Short list of faults that bring escalations; versions by the bug reports, as in the scenarios of
 * https://github.com/canonical/hotsos. Versions of Ubuntu and its Cloud Archive: a package of another distribution with
 * the same version may have the fix.
 */
export const KNOWN_FAULTS: readonly KnownFault[] = [
  { ...ceph(58_274), package: 'ceph-osd', versions: [['15.2.0', '15.2.17-0ubuntu0.20.04.6'], ['17.2.0', '17.2.7-0ubuntu0.22.04.2'], ['18.2.0', '18.2.4-0ubuntu1']], severity: 'info', sentence: 'OSDs crash or stall under many deletes' },
  { ...lp(2_013_960), package: 'ceph-osd', versions: [['17.2.0', '17.2.5-0ubuntu2']], severity: 'info', sentence: 'mclock scheduler starves recovery and clients' },
  { ...ceph(53_729), package: 'ceph-osd', versions: [['15.0.0', '15.2.16-0ubuntu0.20.04.1'], ['16.0.0', '16.2.9-0ubuntu0'], ['17.0.0', '17.2.0-0ubuntu4']], severity: 'info', sentence: 'duplicate PG log entries fill memory, OSD does not start' },
  { ...lp(1_959_649), package: 'ceph-osd', versions: [['15.2.6', '15.2.10']], severity: 'info', sentence: 'RocksDB spills over to the slow device' },
  { ...lp(1_980_211), package: 'python3-openvswitch', versions: [['2.17.0', '2.17.1']], severity: 'warn', sentence: 'clients do not reconnect to the OVN southbound database' },
  { ...lp(1_927_868), package: 'neutron-common', versions: [['2:15.3.3', '2:15.3.4-0ubuntu0'], ['2:16.3.0', '2:16.4.0-0ubuntu2'], ['2:17.0.0', '2:17.2.0-0ubuntu0'], ['2:18.0.0', '2:18.1.0-0ubuntu1']], severity: 'warn', sentence: 'routers lose their flows with ML2/OVS' },
  { ...lp(2_029_952), package: 'python3-oslo.privsep', versions: [['2.1.0', '2.1.1-0ubuntu1'], ['2.4.0', '2.4.0-0ubuntu1'], ['2.5.0', '2.5.0-0ubuntu1'], ['2.6.0', '2.6.2-0ubuntu1'], ['2.7.0', '2.7.0-0ubuntu1']], severity: 'warn', sentence: 'neutron agents become unresponsive under load' },
  { ...lp(2_085_851), package: 'cinder-common', versions: [['2:24.0.0-0ubuntu1.2', '2:24.0.0-0ubuntu1.2'], ['2:23.0.0-0ubuntu1.4~cloud0', '2:23.0.0-0ubuntu1.4~cloud0'], ['2:22.1.1-0ubuntu1.3~cloud0', '2:22.1.1-0ubuntu1.3~cloud1'], ['2:20.3.1-0ubuntu1.4', '2:20.3.1-0ubuntu1.4'], ['2:16.4.2-0ubuntu2.8', '2:16.4.2-0ubuntu2.8']], severity: 'warn', sentence: 'regression of a security fix, see the report' },
  { ...lp(1_946_787), package: 'python3-barbican', versions: [['1:10.0.0', '1:10.1.0-0ubuntu1'], ['1:11.0.0', '1:11.0.0-0ubuntu0'], ['2:12.0.0', '2:12.0.0-0ubuntu1']], severity: 'warn', sentence: 'cinder cannot create encrypted volumes' },
  { ...lp(2_024_114), package: 'libvirt-daemon', versions: [['8.0.0', '8.0.0-1ubuntu7.5']], severity: 'info', sentence: 'libvirtd leaks memory' },
  { ...lp(1_971_565), package: 'mysql-router', versions: [['8.0.29-0ubuntu0.20.04.2', '8.0.29-0ubuntu0.20.04.2'], ['8.0.29-0ubuntu0.21.10.1', '8.0.29-0ubuntu0.21.10.1'], ['8.0.29-0ubuntu0.22.04.1', '8.0.29-0ubuntu0.22.04.1']], severity: 'warn', sentence: 'mysql-router does not start' },
  { ...lp(1_807_628), package: 'lxcfs', versions: [['3.0.0-0ubuntu1', '3.0.3-0ubuntu1~18.04.2']], severity: 'warn', sentence: 'lxcfs crashes, containers lose their /proc' },
  { ...lp(1_839_592), package: 'libc-bin', versions: [['2.23-0ubuntu3', '2.27-3ubuntu1.2']], severity: 'info', sentence: 'ovs-vswitchd deadlocks in a read-write lock' },
  { ...lp(1_865_127), package: 'ovn-common', versions: [['0', '20.12.0~1']], severity: 'info', sentence: 'ovn-controller floods its log: no bridge for localnet port' },
]; // prettier-ignore

export interface PackageFault {
  readonly fault: KnownFault;
  readonly package: Package;
}

/** Installed packages with a version of the list. */
export const packageFaults = (
  sample: PackagesSample | undefined,
  faults: readonly KnownFault[] = KNOWN_FAULTS,
): readonly PackageFault[] => {
  if (sample?.manager !== 'dpkg') return [];
  const byName = Map.groupBy(faults, (fault) => fault.package);
  return [...sample.packages.values()].flatMap((one) =>
    (byName.get(one.name) ?? []).flatMap((fault) => {
      const { version } = one;
      // A version of Debian itself is not in these reports, and has fixes of its security team.
      if (version === undefined || !/ubuntu|~cloud/.test(version) || one.state !== 'installed') return [];
      return fault.versions.some(([first, last]) => compareDebianVersions(version, first) >= 0 && compareDebianVersions(version, last) <= 0) // prettier-ignore
        ? [{ fault, package: one }]
        : [];
    }),
  );
};
