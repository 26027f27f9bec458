import type { Cloud } from '../../sources/openstack/cloud.ts';
import { openstackConsent, openstackCredentials, type Credentials } from '../../sources/openstack/credentials.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { plain } from '../../lib/plain.ts';
import { ms, NONE } from '../../lib/units.ts';
import {
  nothingWords,
  ownWords,
  stateOfDetail,
  stateOfMissing,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

/** An API, or the credentials for all of them. */
export interface AccessRow {
  readonly what: string;
  readonly state: string;
  readonly isBad: boolean;
}

/** What the APIs gave, and with which credentials. */
export const accessRows = (cloud: Cloud | undefined, state: ReadingState): readonly AccessRow[] => [
  { what: 'credentials', state: credentialsText(cloud, state), isBad: cloud === undefined && state.state === 'not readable' },
  ...[...(cloud?.missing ?? [])].map(([part, missing]) => ({
    what: part,
    state: stateWords(stateOfMissing(missing)),
    isBad: missing.why !== 'absent',
  })),
]; // prettier-ignore

function credentialsText(cloud: Cloud | undefined, state: ReadingState): string {
  if (cloud === undefined) return state.state === 'not present' ? 'none agreed to; ↵ lists those on this host' : stateWords(state);
  return `${plain(cloud.credentials ?? NONE)}${cloud.tookMs === undefined ? '' : `, ${ms(cloud.tookMs)} for all requests`}`;
} // prettier-ignore

const columns: readonly Column<AccessRow>[] = [
  textColumn({ id: 'what', title: 'API', about: 'Credentials for the APIs, or a request that has no reply.', vocabulary: 'fixed', width: 14, rank: 0, value: ({ what }) => what }),
  textColumn({ id: 'state', title: 'STATE', about: 'File that was agreed to, or why nothing came back.', width: 30, grow: true, rank: 0, role: ({ isBad }) => (isBad ? 'crit' : 'text'), value: ({ state }) => state }),
]; // prettier-ignore

export const accessSection = (rows: readonly AccessRow[]): TableSection<AccessRow> => ({
  kind: 'table',
  id: 'access',
  title: 'APIs of the cloud',
  sources: ['openstack-cloud'],
  columns,
  rows,
  key: ({ what }) => what,
  sort: { column: 'what', descending: false },
  first: ({ what }) => what === 'credentials',
  detail: ({ what }) => (what === 'credentials' ? credentialsDetail() : undefined),
  empty: ownWords('none'),
  minRows: 2,
});

const credentialColumns: readonly Column<Credentials>[] = [
  textColumn({ id: 'kind', title: 'KIND', about: 'openrc of an administrator, clouds.yaml, or the account of a service in its configuration.', vocabulary: 'fixed', width: 12, rank: 0, value: ({ kind }) => kind }),
  textColumn({ id: 'name', title: 'FILE', about: 'Its path; of clouds.yaml with the name of the cloud.', width: 40, grow: true, rank: 0, value: ({ name }) => plain(name) }),
  textColumn({ id: 'problem', title: 'PROBLEM', about: 'Why it is not readable.', width: 20, rank: 1, role: () => 'dim', value: ({ problem }) => problem && plain(problem) }),
]; // prettier-ignore

/** Credentials on the host, each with the question whether to use them. */
const credentialsDetail = (): Detail => ({
  id: 'openstack-credentials',
  title: 'credentials of OpenStack on this host',
  sources: { list: bindDetail(openstackCredentials, {}) },
  everySeconds: 60,
  sections: (samples, missing) => {
    // A sample of openstackCredentials by bindDetail, or undefined before the first read.
    const list = samples['list'] as SampleOf<typeof openstackCredentials>;
    return [
      {
        kind: 'table',
        id: 'credentials',
        title: 'Files, ↵ asks before one is used',
        sources: ['openstack-credentials'],
        columns: credentialColumns,
        rows: list ?? [],
        key: ({ name }) => name,
        sort: { column: 'kind', descending: true },
        first: ({ kind }) => kind !== 'service',
        detail: (one) => (one.problem === undefined ? consentDetail(one) : undefined),
        empty: nothingWords('none found', stateOfDetail(list, missing['list'])),
      } satisfies TableSection<Credentials>,
    ];
  },
});

/** Consent to credentials: agreed to, they are used until the connection ends. */
const consentDetail = ({ name }: Credentials): Detail => ({
  id: 'openstack-consent',
  title: `APIs with ${plain(name)}`,
  consent: {
    lines: [
      plain(name),
      'Reads it on the host and sends GET requests to Nova, Neutron, Cinder and Placement with it, every 10 s. One token an hour. The password and the token stay on the host. It ends with the connection.',
    ],
    yes: 'use these credentials',
  },
  sources: { cloud: bindDetail(openstackConsent, { name }) },
  // Once: refused credentials must not be sent again and again.
  everySeconds: 0,
  sections: (samples, missing) => {
    // A sample of openstackConsent by bindDetail, or undefined before the first read.
    const cloud = samples['cloud'] as SampleOf<typeof openstackConsent>;
    return [accessSection(accessRows(cloud, stateOfDetail(cloud, missing['cloud'])))];
  },
});
