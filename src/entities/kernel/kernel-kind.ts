import type { EntityRef } from '../../findings/entity-ref.ts';

/** Rules that read the kernel log. */
export const KERNEL_RULES = [
  'kernel-bug',
  'kernel-lockup',
  'task-hung',
  'disk-errors-logged',
  'filesystem-error',
  'volume-error',
  'server-unresponsive',
  'network-table-full',
  'nic-hung',
  'syn-flood',
  'process-crashed',
  'nic-over-mtu',
  'gpu-errors-logged',
  'kernel-log-lost',
] as const;
export type KernelRule = (typeof KERNEL_RULES)[number];

/** Named groups of a pattern that matched. */
export type Groups = Readonly<Record<string, string | undefined>>;

export interface KernelKind {
  readonly id: string;
  /** One or more wordings of kernels; the first that matches counts. */
  readonly patterns: readonly RegExp[];
  /** Rule that reports it; undefined for what is only classified. */
  readonly rule?: KernelRule;
  readonly severity?: 'crit' | 'warn' | 'info';
  /** What happened, in the kernel's words: `soft lockup, 23 s`. */
  readonly condition: (groups: Groups) => string;
  /** The object, where the line has one. Default: the host. */
  readonly entity?: (groups: Groups) => EntityRef;
  /** Displayed name of the object. Default: its id. */
  readonly subject?: (groups: Groups) => string;
  /** Present where the subject is a fixed word. */
  readonly fixedSubject?: true;
  /** Kinds whose event ends this one for the same object: `OK` of a server. */
  readonly endedBy?: string;
  /** Stands until ended, however old: a filesystem that was shut down stays so. */
  readonly stands?: true;
}
