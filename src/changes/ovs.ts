import { entityRef } from '../findings/entity-ref.ts';
import { ovsDb, type Bridge, type Interface, type OvsDbSample } from '../sources/ovs/db.ts';
import { defineChanges } from './change.ts';
import { defineDiffer, mapDifferences, type Difference } from './differences.ts';

/** Bridges, ports, controllers and settings of Open vSwitch that changed while its database was watched. */
export const ovsChanges = defineChanges({
  id: 'ovs',
  needs: { ovsDb },
  of: (moment) => databaseChanges(moment.ovsDb),
});

const databaseChanges = defineDiffer<OvsDbSample>(
  ({ read }) => read,
  (before, now) => [
    ...bridges(before, now),
    ...ports(before, now),
    ...controllers(before, now),
    ...settings(before, now),
  ],
);

const SOURCE = 'OVSDB Open_vSwitch';

function bridges(before: OvsDbSample, now: OvsDbSample): readonly Difference[] {
  const byName = ({ bridges: list }: OvsDbSample) => new Map(list.map((one) => [one.name, one]));
  const { added, removed, changed } = mapDifferences(
    byName(before),
    byName(now),
    (a, b) => fieldChanges(bridgeFields(a), bridgeFields(b)) === '',
  );
  const bridge = (subject: string, sentence: string): Difference => ({
    what: 'bridge',
    subject,
    entity: entityRef('bridge', subject),
    sentence,
    source: SOURCE,
  });
  return [
    ...added.map(([name]) => bridge(name, 'added')),
    ...removed.map(([name]) => bridge(name, 'removed')),
    ...changed.map(({ key, before: old, now: next }) =>
      bridge(key, fieldChanges(bridgeFields(old), bridgeFields(next))),
    ),
  ];
}

/** Configured fields of an interface; counters and states of links move by themselves. */
const portFields = ({ bridge, type, tag, remote, mtu, admin }: Interface): Fields => ({
  bridge,
  type,
  tag,
  remote_ip: remote,
  mtu,
  admin_state: admin,
});
const bridgeFields = ({ failMode, datapathType }: Bridge): Fields => ({
  fail_mode: failMode,
  datapath_type: datapathType,
});

function ports(before: OvsDbSample, now: OvsDbSample): readonly Difference[] {
  const byName = ({ interfaces }: OvsDbSample) => new Map(interfaces.map((one) => [one.name, one]));
  const isSame = (a: Interface, b: Interface) => fieldChanges(portFields(a), portFields(b)) === '';
  const { added, removed, changed } = mapDifferences(byName(before), byName(now), isSame);
  const port = (subject: string, sentence: string): Difference => ({
    what: 'port',
    subject,
    entity: entityRef('port', subject),
    sentence,
    source: SOURCE,
  });
  return [
    ...added.map(([name, { bridge }]) => port(name, bridge === undefined ? 'added' : `added to ${bridge}`)),
    ...removed.map(([name, { bridge }]) => port(name, bridge === undefined ? 'removed' : `removed from ${bridge}`)),
    ...changed.map(({ key, before: old, now: next }) => port(key, fieldChanges(portFields(old), portFields(next)))),
  ];
}

function controllers(before: OvsDbSample, now: OvsDbSample): readonly Difference[] {
  const byTarget = ({ controllers: list }: OvsDbSample) =>
    new Map(list.map((one) => [`${one.kind === 'manager' ? 'ovsdb-server' : (one.bridge ?? '')}/${one.target}`, one]));
  const { added, removed } = mapDifferences(byTarget(before), byTarget(now), () => true);
  const change =
    (verb: string) =>
    ([id, { bridge, target }]: readonly [string, OvsDbSample['controllers'][number]]): Difference => ({
      what: 'controller',
      subject: target,
      entity: entityRef('controller', id),
      sentence: bridge === undefined ? `${verb} (manager)` : `${verb} (${bridge})`,
      source: SOURCE,
    });
  return [...added.map(change('set')), ...removed.map(change('removed'))];
}

function settings(before: OvsDbSample, now: OvsDbSample): readonly Difference[] {
  const { added, removed, changed } = mapDifferences(before.settings, now.settings);
  const setting = (subject: string, sentence: string): Difference => ({
    what: 'daemon',
    subject: `other_config:${subject}`,
    entity: entityRef('daemon', 'ovs-vswitchd'),
    sentence,
    source: SOURCE,
  });
  const versions =
    before.version === now.version || before.version === undefined || now.version === undefined
      ? []
      : [{ ...setting('', `${before.version} → ${now.version}`), subject: 'ovs_version' }];
  return [
    ...versions,
    ...added.map(([key, value]) => setting(key, `set to ${value}`)),
    ...removed.map(([key, value]) => setting(key, `${value} → unset`)),
    ...changed.map(({ key, before: old, now: next }) => setting(key, `${old} → ${next}`)),
  ];
}

type Fields = Readonly<Record<string, string | number | undefined>>;

/** `tag 10 → 20, mtu 1500 → 9000`; '' where nothing changed. */
function fieldChanges(before: Fields, now: Fields): string {
  return Object.keys(now)
    .filter((field) => before[field] !== now[field])
    .map((field) => `${field} ${before[field] ?? 'none'} → ${now[field] ?? 'none'}`)
    .join(', ');
}
