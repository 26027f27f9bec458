import { fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

/** Installed snap. */
export interface Snap {
  readonly name: string;
  readonly version: string | undefined;
  readonly revision: string | undefined;
  /** Channel that it follows: `latest/stable`. */
  readonly channel: string | undefined;
  /** `active`, `installed` (disabled). */
  readonly status: string | undefined;
  readonly confinement: string | undefined;
  /** Present where snapd could not set it up: reason. */
  readonly broken: string | undefined;
  /** Time until which refreshes are held, ISO 8601. */
  readonly heldUntil: string | undefined;
  /** Time at which a refresh goes ahead although its programs run, ISO 8601. */
  readonly refreshAt: string | undefined;
  /** `okay`, `waiting`, `blocked`, `error`, with the message of its health check. */
  readonly health: { readonly status: string; readonly message: string | undefined } | undefined;
  readonly services: number;
}

/** Change of snapd that is not done: an install, a refresh. */
export interface SnapChange {
  readonly id: string;
  readonly summary: string | undefined;
  /** `Do`, `Doing`, `Wait`, `Undoing`. */
  readonly status: string | undefined;
  readonly since: string | undefined;
}

export const SNAPD = '/run/snapd.socket';

/** Snaps and running changes of snapd. https://snapcraft.io/docs/snapd-rest-api */
export const snaps = defineSource({
  id: 'snaps',
  title: 'Snaps',
  why: 'Shows snaps with their channel and revision, those that are broken or held, and refreshes in progress.',
  everySeconds: 60,
  value: 'low',
  reads: {
    snaps: { kind: 'talk', dialect: 'http', to: SNAPD, request: 'GET /v2/snaps' },
    changes: { kind: 'talk', dialect: 'http', to: SNAPD, request: 'GET /v2/changes?select=in-progress' },
  },
  weightKiB: (sample: SnapsSample | undefined) => (sample?.snaps.length ?? 0) * 0.4,
  parse: ({ snaps: list, changes }): SnapsSample | undefined =>
    list === undefined
      ? undefined
      : {
          snaps: items(fields(json(list))['result']).flatMap((item) => snapOf(fields(item)) ?? []),
          changes: items(fields(json(changes ?? ''))['result']).flatMap((item) => {
            const change = fields(item);
            const id = textOf(change['id']);
            return id === undefined
              ? []
              : [{ id, summary: textOf(change['summary']), status: textOf(change['status']), since: textOf(change['spawn-time']) }]; // prettier-ignore
          }),
        },
});

export interface SnapsSample {
  readonly snaps: readonly Snap[];
  readonly changes: readonly SnapChange[];
}

function snapOf(snap: Readonly<Record<string, unknown>>): Snap | undefined {
  const name = textOf(snap['name']);
  if (name === undefined) return undefined;
  const inhibit = fields(snap['refresh-inhibit']);
  const health = fields(snap['health']);
  const status = textOf(health['status']);
  return {
    name,
    version: textOf(snap['version']),
    revision: textOf(snap['revision']),
    channel: textOf(snap['tracking-channel']) ?? textOf(snap['channel']),
    status: textOf(snap['status']),
    confinement: flagOf(snap['devmode']) === true ? 'devmode' : textOf(snap['confinement']),
    broken: textOf(snap['broken']),
    heldUntil: textOf(snap['hold']) ?? textOf(snap['gating-hold']),
    refreshAt: textOf(inhibit['proceed-time']),
    health: status === undefined ? undefined : { status, message: textOf(health['message']) },
    services: items(snap['apps']).filter((app) => textOf(fields(app)['daemon']) !== undefined).length,
  };
}
