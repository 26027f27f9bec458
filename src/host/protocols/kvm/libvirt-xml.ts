import { inXml, parseXml, writeXml, type XmlElement } from '../../../lib/xml.ts';

/** Length limit of a definition, which is left out whole above it; real ones have some 10 kB. */
const MOST_XML = 1_000_000;

/** Elements with secrets or their names: disk encryption, logins, environment and arguments passed to QEMU. */
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
/** Elements without diagnostic value, which are most of a definition. */
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
 * A domain's definition (https://libvirt.org/formatdomain.html) without secrets and without bulk; libvirt leaves out VNC and
 * SPICE passwords for read-only clients too. Of <metadata>, which is open to any program, only the Nova part is kept.
 * Undefined for text that is not XML.
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
