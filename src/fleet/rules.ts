import { entityRef } from '../findings/entity-ref.ts';
import { defineFinding, type AnyFinding, type Found } from '../findings/finding.ts';
import { plural, span } from '../lib/units.ts';
import { fleet } from './fleet-source.ts';
import { foldNames } from '../lib/fold-names.ts';
import { judgementOf, type FleetProblem } from './judgement.ts';
import type { SharedFact } from './shared-facts.ts';

const needs = { fleet };
const wholeFleet = entityRef('host', 'fleet');
const hostRefs = (names: readonly string[]) => names.map((name) => entityRef('host', name));
const aboutHosts = (names: readonly string[]) => ({
  entity: wholeFleet,
  members: hostRefs(names),
  subject: foldNames(names),
  pane: 'hosts',
});

/** `openssl 3.0.17-1 (3 of 3, 0 of 36 others)`. */
export const sharedText = ({ facts, bad, allBad, others, allOthers }: SharedFact): string => {
  const [first = ''] = facts;
  const more = facts.length > 1 ? ` and ${facts.length - 1} more` : '';
  return `${first.replace(/^package /, '')}${more} (${bad} of ${allBad}, ${others} of ${allOthers} others)`;
};

/** Culprits of incidents that span hosts, each with what follows from it. */
const clusterIncident = defineFinding({
  id: 'cluster-incident',
  title: 'Incident across hosts',
  needs,
  authority: '[own]: the rules of each host, joined by objects of clusters, connections and names of hosts',
  judge: ({ fleet: { now } }): readonly Found[] =>
    (now ? judgementOf(now).incidents : []).map(({ key, host, severity, subject, sentence, victims }): Found => {
      const others = new Set(victims.map((one) => one.host).filter((name) => name !== host));
      return {
        entity: wholeFleet,
        members: hostRefs([host, ...others]),
        subject: host,
        pane: 'hosts',
        severity,
        role: 'cause',
        condition: key,
        sentence: `${subject === host ? '' : `${subject}: `}${sentence}, culprit of ${plural(victims.length, 'finding')} on ${foldNames([...new Set(victims.map((one) => one.host))])}`,
        evidence: victims.slice(0, 20).map((one) => ({ what: `${one.host} ${one.subject}`, value: one.sentence, source: one.because })),
        next: `open Hosts (J), ↵ on ${host} opens its console`,
      };
    }),
}); // prettier-ignore

/** Hosts that give no readings, by their reason. */
const hostUnreachable = defineFinding({
  id: 'host-unreachable',
  title: 'Host unreachable',
  needs,
  authority: '[own]: no data for 3 s after a probe, a lost connection, a failed login; a login of more than 8 s',
  judge: ({ fleet: { now } }): readonly Found[] => {
    if (!now) return [];
    const { atMs } = now;
    return judgementOf(now).unreachable.map(({ state, why, hosts, sinceMs }) => {
      const seconds = Math.max(0, (atMs - sinceMs) / 1000);
      const many = hosts.length > 1 ? `${hosts.length} of ${now.hosts.length} hosts ` : '';
      return {
        ...aboutHosts(hosts),
        severity: 'crit',
        role: 'cause',
        condition: `${state} ${why}`,
        sentence: `${many}${state} for ${span(seconds)}: ${why}`,
        evidence: [{ what: 'reason', value: why, source: 'SSH' }],
        next:
          hosts.length > 1
            ? 'check what they have in common: switch, rack, hypervisor, bastion'
            : 'check the host by its console or BMC, and sshd on it',
      };
    });
  },
});

const isFigure = (id: string): boolean => id.startsWith('figure/');

function problemFound({ id, severity, hosts, text, shared }: FleetProblem, all: number): Found {
  const [cause] = shared;
  const share = cause === undefined ? '' : `, shared: ${sharedText(cause)}`;
  return {
    ...aboutHosts(hosts),
    severity,
    role: isFigure(id) ? 'pressure' : 'cause',
    condition: id,
    sentence: hosts.length === 1 ? text : `${hosts.length} of ${all} hosts${share}: ${text}`,
    evidence: shared.map((one) => ({ what: 'shared', value: `${one.facts.slice(0, 5).join(', ')}: ${one.bad} of ${one.allBad}, ${one.others} of ${one.allOthers} others, lift ${one.lift.toFixed(1)}`, source: 'facts of all hosts' })), // prettier-ignore
    next: 'open Hosts (J), ↵ on the row opens the console of the host',
  };
}

/** Incidents of hosts, those of one rule as one, with what the hosts share. */
const hostIncident = defineFinding({
  id: 'host-incident',
  title: 'Incident of hosts',
  needs,
  authority: '[own]: the rules of each host; shared facts by Fisher’s exact test, p ≤ 0.05',
  judge: ({ fleet: { now } }) => (now ? judgementOf(now).problems.filter(({ id }) => !isFigure(id)).map((one) => problemFound(one, now.hosts.length)) : []), // prettier-ignore
});

/** Figures of a host far above the same figure of the others. */
const hostOutlier = defineFinding({
  id: 'host-outlier',
  title: 'Host unlike the others',
  needs,
  authority:
    'B. Iglewicz and D. Hoaglin 1993: median + 3.5 robust standard deviations; [own]: a least distance by figure, 5 hosts or more',
  judge: ({ fleet: { now } }) => (now ? judgementOf(now).problems.filter(({ id }) => isFigure(id)).map((one) => problemFound(one, now.hosts.length)) : []), // prettier-ignore
});

/** Two names of one host, and hosts cloned with their machine id. */
const hostIdentity = defineFinding({
  id: 'host-identity',
  title: 'Identity of hosts not unique',
  needs,
  authority: 'random(4): boot_id is unique per boot; machine-id(5): unique per installation',
  judge: ({ fleet: { now } }): readonly Found[] =>
    (now ? judgementOf(now).same : []).map(({ by, hosts }) => ({
      ...aboutHosts(hosts),
      severity: by === 'boot' ? 'info' : 'warn',
      role: 'cause',
      condition: `${by} ${hosts.join(' ')}`,
      sentence: by === 'boot' ? `${plural(hosts.length, 'name')} of one host: same boot_id` : `${plural(hosts.length, 'host')} with one machine-id: cloned without a reset`,
      evidence: [{ what: 'hosts', value: foldNames(hosts), source: by === 'boot' ? '/proc/sys/kernel/random/boot_id' : '/etc/machine-id' }],
      next: by === 'boot' ? 'name the host once: its figures count twice' : 'reset it on the clones: `systemd-machine-id-setup`; DHCP and journald rely on it',
    })), // prettier-ignore
});

/** Hosts of one cluster that do not agree on it. */
const clusterContradiction = defineFinding({
  id: 'cluster-contradiction',
  title: 'Hosts disagree on their cluster',
  needs,
  authority: '[own]: members of a cluster have one view of its size, leader, state and data',
  judge: ({ fleet: { now } }): readonly Found[] =>
    (now ? judgementOf(now).clusters : []).flatMap(({ kind, id = 'unknown', contradictions }) =>
      contradictions.map(({ what, values }): Found => ({
        ...aboutHosts(values.slice(1).flatMap(({ hosts }) => hosts)),
        severity: 'warn',
        role: 'symptom',
        condition: `${kind} ${id} ${what}`,
        sentence: `${kind}: ${what} ${values.slice(1).map(({ value }) => value).join(', ')}, others have ${values[0]?.value ?? ''}`,
        evidence: values.map(({ value, hosts }) => ({ what, value: `${value}: ${foldNames(hosts)}`, source: kind })),
        next: 'open the console of one host of each side; one of them is cut off, or has old data',
      })),
    ),
}); // prettier-ignore

/** Rules of a fleet, over the rows of its hosts. */
export const fleetRules: readonly AnyFinding[] = [
  clusterIncident,
  clusterContradiction,
  hostUnreachable,
  hostIncident,
  hostOutlier,
  hostIdentity,
];
