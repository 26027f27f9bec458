import { inXml, parseXml, writeXml, type XmlElement } from '../../../lib/xml.ts';

/** A longer definition is left out whole: the real ones have some 10 kB. */
const MOST_XML = 1_000_000;

/** Hold secrets, or their names: openers of disks, logins, environment and arguments that somebody handed to QEMU. */
const SECRET = [
  'secret',
  'auth',
  'encryption',
  'cookies',
  'reservations',
  'qemu:commandline',
  'qemu:env',
  'qemu:arg',
  'launchSecurity',
];
/** Say nothing about trouble, and are most of it. */
const BULK = [
  'address',
  'alias',
  'controller',
  'backingStore',
  'seclabel',
  'feature',
  'sound',
  'input',
  'hub',
  'redirdev',
];
const DROPPED = new Set([...SECRET, ...BULK]);
const DROPPED_ATTRIBUTES = new Set(['passwd', 'passwdValidTo', 'password']);
const NOVA = 'http://openstack.org/xmlns/libvirt/nova/';

/**
 * A domain's definition (https://libvirt.org/formatdomain.html) without secrets and without what is of no use here; a
 * read-only client is not given passwords of VNC and SPICE by libvirt either. Of <metadata>, where any program may leave
 * anything, only what Nova says is kept. Undefined when it is no XML.
 */
export function xmlToKeep(xml: string): string | undefined {
  const root = xml.length > MOST_XML ? undefined : parseXml(xml);
  return root && writeXml(kept(root));
}

function kept(element: XmlElement): XmlElement {
  return {
    ...element,
    attributes: new Map([...element.attributes].filter(([name]) => !DROPPED_ATTRIBUTES.has(name))),
    children: element.children.flatMap((child) =>
      DROPPED.has(child.name) ? [] : child.name === 'metadata' ? novaOnly(child) : [kept(child)],
    ),
  };
}

function novaOnly(metadata: XmlElement): readonly XmlElement[] {
  const nova = inXml(metadata, 'nova:instance');
  return nova?.attributes.get('xmlns:nova')?.startsWith(NOVA) === true
    ? [{ ...metadata, children: [kept(nova)], text: '' }]
    : [];
}
