import { any } from './gate.ts';
import { GAP, NAME, place, QUOTE, type Place } from './place.ts';

/** Some words of a command, up to its end. */
const WORDS = String.raw`[^|;&\n]{0,200}?[\s\0]`;
const OPTIONS = String.raw`(?:[ \0]-[^\s\0]+)*[ \0]`;
/** Where a command begins. */
const BEGIN = String.raw`(?:^|[\0/;|&"'(=]|\bsudo )`;
/** Name with a digit or a dash, where a plain word may stand, too. */
const MARKED = String.raw`(?=[\w.]{0,64}[\d-])${NAME}`;
/** Name of a Kubernetes object, up to an underscore. */
const LABEL = String.raw`(?<name>[a-z0-9.-]+)(?=_)`;

/** Places of names in commands, and in forms that daemons and file systems make of names. */
export const commandPlaces: readonly Place[] = [
  // Hosts of file systems and copies: nas:/export, rsync x nas::module, \\nas\share, //nas-1/share
  place('host', String.raw`\bmount(?:\.nfs4?)?\b${WORDS}`, String.raw`${NAME}(?=:\/(?!\/))`, any('mount')),
  place('host', '^', String.raw`${MARKED}(?=:\/\w)`, any(':/'), 'gm'),
  place('host', String.raw`\b(?:rsync|scp)\b${WORDS}`, String.raw`${NAME}(?=::?[\w/~])`, any('rsync', 'scp')),
  place('host', String.raw`(?:^|[\s\0=])\\{2,4}`, String.raw`${NAME}(?=\\{1,2}\w)`, any('\\\\'), 'gm'),
  place('host', String.raw`(?:^|[\s\0"'])\/\/`, String.raw`${MARKED}(?=\/\w)`, any('//'), 'gm'),
  // Lists of hosts: bootstrap.servers=a:9092,b:9092
  place(
    'host',
    String.raw`(?<=\b(?:bootstrap[._-]servers?|broker[._-]list|zookeeper[._-]connect|memcached?_servers|mon[ _]host|servers|hosts|peers|endpoints)\s?[=:]\s?(?:[^\s,]{1,100},){0,20})`,
    String.raw`${NAME}(?=:\d)`,
    any('servers', 'broker', 'zookeeper', 'mon', 'hosts', 'peers', 'endpoints'),
    'gi',
  ),
  // rsyslog: *.* @@host:6514
  place('host', String.raw`(?:^|\s)@{1,2}(?:\(\w+\))?\[?`, String.raw`${NAME}(?=[:\]])`, any('@'), 'gm'),
  place(
    'host',
    String.raw`\borch[ \0]host[ \0](?:add|rm|drain|ok-to-stop|label[ \0]\w+|maintenance[ \0]\w+)[ \0]`,
    NAME,
    any('orch'),
  ),
  place(
    'host',
    String.raw`\b(?:lxc|incus)[ \0](?:list|info|launch|exec|remote[ \0]\w+)${OPTIONS}`,
    String.raw`${NAME}(?=:)`,
    any('lxc', 'incus'),
  ),
  // Directories: dc=corp,dc=example
  place('domain', String.raw`\bdc=`, String.raw`(?!(?:com|org|net|local|lan|[a-z]{2})\b)${NAME}`, any('dc='), 'gi'),
  // Users: su: (to x), chown x:y, usermod -aG docker x, DOMAIN\x, keys of ssh
  place('user', String.raw`\(to `, String.raw`${NAME}(?=\))`, any('(to ')),
  place('user', String.raw`${BEGIN}ch(?:own|grp)(?:${GAP}-[^\s\0]+)*${GAP}(?!-)`, NAME, any('chown', 'chgrp'), 'gm'),
  place('user', String.raw`${BEGIN}chown(?:${GAP}-[^\s\0]+)*${GAP}[\w.-]*:`, NAME, any('chown'), 'gm'),
  place(
    'user',
    String.raw`${BEGIN}(?:usermod|useradd|userdel|chage|adduser|deluser)(?:${GAP}-[\w-]+(?:${GAP}[^\s\0-][^\s\0]*)?)*${GAP}(?!-)`,
    NAME,
    any('user', 'chage'),
    'gm',
  ),
  place(
    'user',
    String.raw`(?:[\s\0]-[uU]${GAP}?|\buser(?:name)?[=: ]\s?)${QUOTE}?[A-Z][A-Z0-9.-]{0,63}\\{1,2}`,
    NAME,
    any('\\'),
  ),
  place(
    'user',
    String.raw`\b(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S{1,40}) AAAA\S* `,
    String.raw`${NAME}(?=@)`,
    any('aaaa'),
  ),
  place('host', String.raw`\b(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S{1,40}) AAAA\S* [\w.-]+@`, NAME, any('aaaa')),
  place(
    'database',
    String.raw`\b(?:mysql|mariadb)\w*\b(?:(?!${GAP}-D)[^|;&\n]){0,200}${GAP}-D(?:${GAP}|=)?`,
    NAME,
    any('-d'),
  ),
  // Kubernetes
  place('namespace', String.raw`\bsystem:serviceaccounts?:`, NAME, any('serviceaccount')),
  place('user', String.raw`\bsystem:serviceaccount:[\w.-]+:`, NAME, any('serviceaccount')),
  place('container', String.raw`\bk8s_`, LABEL, any('k8s_')),
  place('pod', String.raw`\bk8s_[a-z0-9.-]+_`, LABEL, any('k8s_')),
  place('namespace', String.raw`\bk8s_[a-z0-9.-]+_[a-z0-9.-]+_`, LABEL, any('k8s_')),
  // Guests, containers, networks, volumes
  place(
    'guest',
    String.raw`\bmachine-qemu\\x2d\d+\\x2d`,
    String.raw`(?<name>[\w.+]+(?:\\x2d[\w.+]+)*)(?=\.scope)`,
    any('machine-qemu'),
  ),
  place('guest', '<name>', String.raw`${NAME}(?=<\/name>)`, any('<name>')),
  place(
    'container',
    String.raw`\blxc-(?:start|stop|attach|info|execute|console)(?:${GAP}-n${GAP}|: )`,
    NAME,
    any('lxc-'),
  ),
  place(
    'network',
    String.raw`\b(?:docker|podman|nerdctl)[ \0]network[ \0](?:create|rm|inspect|connect|disconnect)${OPTIONS}`,
    NAME,
    any('network'),
  ),
  place(
    'volume',
    String.raw`\b(?:docker|podman|nerdctl)[ \0]volume[ \0](?:create|rm|inspect)${OPTIONS}`,
    NAME,
    any('volume'),
  ),
  place('volume', String.raw`(?:[\s\0]|^)(?:-v|--volume)(?:${GAP}|=)`, String.raw`${NAME}(?=:\/)`, any('-v')),
  place('network', String.raw`\bvirsh[ \0]net-\w+${OPTIONS}`, NAME, any('net-')),
  place('pool', String.raw`\bvirsh[ \0]pool-\w+${OPTIONS}`, NAME, any('pool-')),
  place('volume', String.raw`\bvirsh[ \0]vol-\w+${OPTIONS}`, NAME, any('vol-')),
  place(
    'pool',
    String.raw`\bz(?:fs|pool)[ \0](?:create|destroy|snapshot|rollback|clone|rename|set|get|list|u?n?mount|send|recv|receive|import|export|status|scrub|online|offline|replace|add|attach|detach|iostat|clear|promote)${OPTIONS}`,
    String.raw`(?<name>[A-Za-z][\w.:-]*(?:\/[\w.:/-]*)?)`,
    any('zfs', 'zpool'),
  ),
  place(
    'network',
    String.raw`\bovn-nbctl(?:[ \0]-[^\s\0]+)*[ \0]l(?:[sr]|[sr]p)-\w+(?:-\w+)*[ \0]`,
    NAME,
    any('ovn-nbctl'),
  ),
  place(
    'network',
    String.raw`\bovs-vsctl(?:[ \0]-[^\s\0]+)*[ \0](?:add|del)-port[ \0][^\s\0]+[ \0](?!(?:eth|en|tap|vxlan|gre|geneve|bond|patch|veth|vnet|dpdk|vhu|br)[\w-]*)`,
    NAME,
    any('ovs-vsctl'),
  ),
  place(
    'guest',
    String.raw`\bopenstack\b${WORDS}server[ \0](?:show|delete|create|start|stop|reboot|rebuild|resize|migrate|evacuate|shelve|suspend|resume|set|unset|lock|unlock|pause|unpause|(?:add|remove)[ \0]\w+)${OPTIONS}`,
    NAME,
    any('openstack'),
  ),
  place(
    'network',
    String.raw`\bopenstack\b${WORDS}(?:network|subnet|router|port)[ \0](?:show|delete|create|set|unset)${OPTIONS}`,
    NAME,
    any('openstack'),
  ),
  place(
    'volume',
    String.raw`\bopenstack\b${WORDS}(?:volume|image|snapshot)[ \0](?:show|delete|create|set|unset)${OPTIONS}`,
    NAME,
    any('openstack'),
  ),
  place(
    'project',
    String.raw`\bopenstack\b${WORDS}project[ \0](?:show|delete|create|set)${OPTIONS}`,
    NAME,
    any('openstack'),
  ),
  place(
    'project',
    String.raw`\bjuju[ \0](?:[\w-]+[ \0])?(?:-m|--model|add-model|switch|destroy-model|show-model)(?:${GAP}|=)`,
    NAME,
    any('juju'),
  ),
  place('user', String.raw`\barn:aws[\w-]*:[\w-]*:[\w-]*:\w*:[\w-]+[/:]`, NAME, any('arn:')),
];
