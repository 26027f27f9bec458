/** Ids of rules in recordings before their renaming. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['ceph-mons-silent', 'ceph-mons-unresponsive'],
  ['ceph-osd-silent', 'ceph-osd-unresponsive'],
  ['container-daemon-silent', 'container-daemon-unresponsive'],
  ['guest-memory-far', 'guest-memory-remote'],
  ['interrupts-far', 'irq-remote'],
  ['kube-api-silent', 'kube-api-unresponsive'],
  ['kube-kubelet-unwell', 'kubelet-unhealthy'],
  ['kube-pod-trouble', 'kube-pod-unhealthy'],
  ['kube-rollout-stuck', 'kube-rollout-stalled'],
  ['libvirt-silent', 'libvirt-unresponsive'],
  ['node-busy', 'numa-node-busy'],
  ['node-dry', 'numa-node-full'],
  ['numa-churn', 'numa-balancing-thrash'],
  ['ovs-silent', 'ovs-unresponsive'],
]);

/** Current id of a rule. */
export const currentRule = (id: string): string => RENAMED.get(id) ?? id;
