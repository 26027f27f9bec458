import { guestNeeds, type GuestNeeds } from '../../src/entities/kvm/guests.ts';
import type { SampleOf } from '../../src/sources/source.ts';
import type { Moment, Seen } from '../../src/timeline/moment.ts';
import { hostMoments, hostText } from './hosts.ts';
import { momentOf } from './moments.ts';

/** Moment of the recorded hypervisor `kvm-host`, from two rounds seven seconds apart. */
export const guestMoment = (): Promise<Moment<GuestNeeds>> => momentOf(guestNeeds, hostMoments('kvm-host'));

/** A moment with every sample of one source changed. */
export function withSamples<Name extends keyof GuestNeeds>(
  moment: Moment<GuestNeeds>,
  name: Name,
  change: (sample: SampleOf<GuestNeeds[Name]>, index: number) => SampleOf<GuestNeeds[Name]>,
): Moment<GuestNeeds> {
  // Each name has its own sample type, which an index cannot express.
  const seen = moment[name] as Seen<SampleOf<GuestNeeds[Name]>>;
  const history = seen.history.map((entry, index) => ({ ...entry, sample: change(entry.sample, index) }));
  return { ...moment, [name]: { ...seen, history, now: history.at(-1)?.sample, before: history.at(-2)?.sample } };
}

const SOCKET = '/run/libvirt/libvirt-sock-ro';
/** Keys of libvirt requests for `overlay`. */
export const MONITOR = `${SOCKET} < monitor`;
export const DOMAINS = `${SOCKET} < domains`;

/** Recorded reply of libvirt, as text. */
export const libvirtReply = (request: string, moment = ''): string =>
  hostText('kvm-host', `${moment === '' ? '' : `${moment}/`}talk/libvirt ${SOCKET} < ${request}`);

interface Domain {
  name: string;
  state?: number;
  reason?: number;
  [field: string]: unknown;
}

/** A libvirt reply with fields of one domain changed. */
export function changedDomain(text: string, name: string, change: (domain: Domain) => Partial<Domain>): string {
  const reply = JSON.parse(text) as { domains: Domain[] };
  return JSON.stringify({
    ...reply,
    domains: reply.domains.map((domain) => (domain.name === name ? { ...domain, ...change(domain) } : domain)),
  });
}
