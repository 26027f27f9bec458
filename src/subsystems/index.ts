import { ChangeLog } from '../changes/change-log.ts';
import type { AnyFinding } from '../findings/finding.ts';
import type { StepTable } from '../findings/next-step.ts';
import { Explainer, type ExplainerOptions } from '../incidents/explainer.ts';
import { influenceTable } from '../incidents/influence-table.ts';
import { Ledger } from '../ledger/ledger.ts';
import { createPolicy } from '../host/policy.ts';
import type { AnyPane } from '../panes/pane.ts';
import type { AnySource } from '../sources/source.ts';
import { cephSubsystem } from './ceph.ts';
import { containersSubsystem } from './containers.ts';
import { databasesSubsystem } from './databases.ts';
import { kernelSubsystem } from './kernel.ts';
import { kubernetesSubsystem } from './kubernetes.ts';
import { kvmSubsystem } from './kvm.ts';
import { machineSubsystem } from './machine.ts';
import { networkSubsystem } from './network.ts';
import { openstackSubsystem } from './openstack.ts';
import { ovnSubsystem } from './ovn.ts';
import { ovsSubsystem } from './ovs.ts';
import { packagesSubsystem } from './packages.ts';
import { processesSubsystem } from './processes.ts';
import { storageSubsystem } from './storage.ts';
import { systemdSubsystem } from './systemd.ts';
import type { DetailReads } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Every subsystem, in the order of the tabs. Add yours here. */
export const subsystems: readonly Subsystem[] = [
  machineSubsystem,
  kernelSubsystem,
  networkSubsystem,
  systemdSubsystem,
  packagesSubsystem,
  storageSubsystem,
  processesSubsystem,
  kvmSubsystem,
  containersSubsystem,
  cephSubsystem,
  ovsSubsystem,
  ovnSubsystem,
  kubernetesSubsystem,
  openstackSubsystem,
  databasesSubsystem,
];

export const sources: readonly AnySource[] = subsystems.flatMap((one) => one.sources);
export const details: readonly DetailReads[] = subsystems.flatMap((one) => one.details ?? []);
export const findings: readonly AnyFinding[] = subsystems.flatMap((one) => one.findings);
/** Commands and tools after a finding, by rule. */
export const steps: StepTable = Object.assign({}, ...subsystems.map((one) => one.steps));
export const panes: readonly AnyPane[] = subsystems.flatMap(({ pane }) => pane ?? []);

/** The read-only list of the program: what the manifests name, and nothing else. */
export const readPolicy = createPolicy(
  subsystems.flatMap(({ policy }) => policy ?? []),
  subsystems.flatMap(({ protocols }) => protocols ?? []),
);

/** Ledger of what all subsystems check. */
export const ledger = new Ledger(subsystems.flatMap(({ checks }) => checks ?? []));

/** Parts of the explainer; trials leave one out. */
export const explainerOptions: ExplainerOptions = {
  dependencies: subsystems.flatMap(({ dependencies }) => dependencies ?? []),
  consumers: subsystems.flatMap(({ consumers }) => consumers ?? []),
  table: influenceTable,
  lookedAt: (found, momentOf) => ledger.looked(found, momentOf),
};

/** Explainer of findings by the dependencies of all subsystems. */
export const explainer = new Explainer(explainerOptions);

/** What was changed, by all subsystems. */
export const changeLog = new ChangeLog(subsystems.flatMap(({ changes }) => changes ?? []));
