import { commandPlaces } from './command-places.ts';
import { any, times } from './gate.ts';
import { GAP, NAME, place, QUOTE, type Place } from './place.ts';
import type { IdentifierKind } from './pseudonyms.ts';

/** Reference of an image, with its registry and tag. */
const WIDE = String.raw`(?<name>[A-Za-z0-9_](?:[\w.:/@+-]*[A-Za-z0-9_])?)`;

/** Keys of settings, of logs and of JSON, in parts: `user-name` is also user_name, userName and username. */
const KEYS = `
  user: user user-name user-account login login-name acct account log-name ruser rol-name use-name sudo-user os-user-name pg-user mysql-user
    postgres-user client-user admin-user user-id uid run-as-user service-account service-account-name
  host: host host-name node-name node server server-name rhost host-addr peer-host master-host source-host target-host data-source chassis
    hypervisor pg-host mysql-host db-host fqdn domain-name compute-host migrate-dest requested-chassis primary-host
  database: database database-name db-name db dat-name initial-catalog catalog pg-database mysql-database postgres-db vhost service-name keyspace
  namespace: namespace pod-namespace target-namespace
  pod: pod pod-name deployment stateful-set daemon-set replica-set config-map config-map-name secret-name cron-job job-name ingress
  container: container container-name
  project: project project-name tenant tenant-name os-project-name os-tenant-name project-id tenant-id
  network: network network-name net-name network-mode logical-switch logical-router subnet subnet-name
  pool: pool pool-name storage-pool storage-pool-name volume-group vg-name
  volume: volume volume-name vol claim-name pvc persistent-volume-claim volume-handle persistent-volume rbd-image lv-name snap-name
  guest: guest vm vm-name instance instance-name display-name dom-name guest-name virtual-machine
  serial: serial serial-number id-serial id-serial-short serial-no service-tag asset-tag imei
  wwn: wwn wwpn wwnn`;

/** Keys by kind as a table, and as alternatives of a pattern, the longest first. */
function keysOf(text: string): { readonly table: ReadonlyMap<string, IdentifierKind>; readonly pattern: string } {
  let kind: IdentifierKind = 'host';
  const table = new Map<string, IdentifierKind>();
  const words: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    // Kinds of the literal tables of this file.
    if (word.endsWith(':')) kind = word.slice(0, -1) as IdentifierKind;
    else {
      table.set(keyOf(word), kind);
      words.push(word);
    }
  }
  const pattern = words.toSorted((a, b) => b.length - a.length).join('|');
  return { table, pattern: pattern.replaceAll('-', '[_ .-]?') };
}

export const keyOf = (key: string): string => key.toLowerCase().replaceAll(/[_ .-]/g, '');

const keys = keysOf(KEYS);
const options = keysOf(`
  user: user user-name login login-user run-as owner uid os-user-name db-user
  host: host host-name node node-name server node-host-name hostname-override remote-host add-host
  database: database db db-name vhost
  namespace: namespace
  container: container container-name name
  project: project project-name os-project-name tenant
  network: network net network-name
  pool: pool pool-name
  volume: volume volume-name
  image: image rbd-image
  guest: domain vm instance guest`);
const headings = keysOf(
  `host: host-name node-name server-name user: user-name serial: serial-number serial-no service-tag asset-tag
  container: container-name namespace: namespace pod-namespace pod: pod-name volume: volume-name guest: vm-name instance-name
  network: network-name project: project-name tenant-name database: database-name`,
);
const nouns = keysOf(`
  user: user role account owner
  host: node host server chassis hypervisor hostname
  database: database db schema vhost keyspace
  namespace: namespace
  pod: pod deployment statefulset daemonset replicaset configmap secret job cronjob service endpoints serviceaccount ingress
  container: container
  project: project tenant
  network: network switch router
  pool: pool
  volume: volume persistentvolumeclaim persistentvolume claim pvc snapshot
  guest: guest vm domain instance`);

/** Nouns before names of objects, by kind. */
export const NOUNS = nouns.table;

const PROGRAMS = [
  'ssh',
  'mosh',
  'sftp',
  'ping',
  'mtr',
  'traceroute',
  'telnet',
  'dig',
  'nslookup',
  'nc',
  'ncat',
].flatMap((program) => [' ', '\0', '"', '6'].map((end) => `${program}${end}`));
const SYSLOG = String.raw`^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d:.,+Z-]*) `;
const DATABASES = String.raw`(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|amqps?|rediss?|sqlserver|clickhouse|cockroachdb|db2|oracle:thin)(?:\+\w+)?`;

export const places: readonly Place[] = [
  ...commandPlaces,
  // user=x, "hostName": "x", Server=x;Database=x, pod="ns/x"
  place(
    keys.table,
    String.raw`(?<![A-Za-z$])(?<key>${keys.pattern})(?:=${QUOTE}?(?:tcp:|\\\\)?|\\?["']\s*(?::|=>?)\s*\\?["'])`,
    NAME,
    any('=', '":', "':", '" :', "' :"),
    'gi',
  ),
  place('pod', String.raw`\bpods?=${QUOTE}?[\w.-]+\/`, NAME, any('pod=', 'pods=')),
  place(
    'image',
    String.raw`\bimage(?:[_-]?(?:name|ref|tag))?(?:=${QUOTE}?|\\?["']\s*:\s*\\?["'])`,
    WIDE,
    any('image'),
    'gi',
  ),
  // hostname: x
  place(
    headings.table,
    String.raw`\b(?<key>${headings.pattern})\s*:\s*`,
    NAME,
    any('name:', 'name :', 'namespace:', 'number:', 'number :', 'tag:', 'tag :', 'no:', 'no.:'),
    'gi',
  ),
  // pod "ns/x", user 'x'@'y'
  place(NOUNS, String.raw`\b(?<key>${nouns.pattern})s?:? ${QUOTE}(?:[\w.-]+\/)?`, NAME, any('"', "'", '“'), 'gi'),
  place(
    'namespace',
    String.raw`\b(?:pod|service|deployment|job|secret|configmap)s?:? ${QUOTE}(?=[\w.-]+\/)`,
    NAME,
    any('/'),
    'gi',
  ),
  place('host', String.raw`'@${QUOTE}`, NAME, any("'@")),
  place('image', String.raw`\bimages? ${QUOTE}`, WIDE, any('image'), 'gi'),
  // node worker-3: a name has letters and digits
  place(
    NOUNS,
    String.raw`(?<![\w.-])(?<key>${nouns.pattern}) `,
    String.raw`(?<name>(?=[\w.-]*\d)(?=[\w.-]{0,40}[A-Za-z])(?!v?\d+(?:[.\s]|$))(?!(?:vcpu|cpu|irq|node|osd|ipv|http|numa|sha|eth|ens|vd|sd|nvme|md|dm|x86)[a-z-]?\d)[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)`,
    any(...[...nouns.table.keys()].map((noun) => `${noun} `)),
    'gi',
  ),
  // --user x, --namespace=x
  place(
    options.table,
    String.raw`(?<=[\s\0"'\[])--(?<key>${options.pattern})(?:=${QUOTE}?|${GAP}(?!-))`,
    NAME,
    any('--'),
  ),
  // -u x of programs where it is a user, -n x of those where it is a namespace
  place(
    'user',
    String.raw`\b(?:sudo|runuser|mysql\w*|mariadb\w*|crontab|pgrep|pkill|psql|pg_\w+|curl|smbclient|ps|docker|podman)\b(?:(?!${GAP}-[uU])[^|;&\n]){0,200}${GAP}-[uU](?:${GAP}|=)?${QUOTE}?`,
    NAME,
    any('-u'),
  ),
  place(
    'namespace',
    String.raw`\b(?:kubectl|helm|crictl|oc|k9s)\b(?:(?!${GAP}-n)[^|;&\n]){0,200}${GAP}-n(?:${GAP}|=)?`,
    NAME,
    any(' -n', '\0-n', '"-n'),
  ),
  place(
    'pool',
    String.raw`\b(?:rbd|rados|ceph)\b(?:(?!${GAP}-p)[^|;&\n]){0,200}${GAP}-p(?:${GAP}|=)?`,
    NAME,
    any(' -p', '\0-p', '"-p'),
  ),
  place(
    'host',
    String.raw`\b(?:mysql\w*|mariadb\w*|psql|pg_\w+|redis-cli|ldapsearch|ipmitool)\b(?:(?!${GAP}-[hH])[^|;&\n]){0,200}${GAP}-[hH](?:${GAP}|=)?`,
    NAME,
    any('-h'),
  ),
  place(
    'database',
    String.raw`\b(?:psql|pg_\w+|mongo\w*)\b(?:(?!${GAP}-d)[^|;&\n]){0,200}${GAP}-d(?:${GAP}|=)?`,
    NAME,
    any(' -d', '\0-d', '"-d'),
  ),
  // su - x, ssh -p 22 x@y
  place(
    'user',
    String.raw`(?:^|[\s\0/;|&("'])su(?:${GAP}(?:-[lmp]?|--login))*${GAP}(?!-)`,
    NAME,
    any('su ', 'su\0', 'su"'),
  ),
  place(
    'user',
    String.raw`\b(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id)\b[^|;&\n]{0,200}?[\s\0"':]`,
    String.raw`(?<name>[A-Za-z_][\w.-]*)(?=@[\w[])`,
    any('@'),
  ),
  place(
    'host',
    String.raw`\b(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id)\b[^|;&\n]{0,200}?[\s\0"':][A-Za-z_][\w.-]*@`,
    NAME,
    any('@'),
  ),
  place(
    'host',
    String.raw`(?:^|[\s\0/;|&("'])(?:ssh|mosh|sftp|ping6?|mtr|traceroute|telnet|dig|nslookup|nc|ncat)(?:${GAP}-(?:[bcDEFIiJLlmOopQRSWw](?:${GAP})?[^\s\0"']+|[\w-]+))*${GAP}(?!-)`,
    NAME,
    any(...PROGRAMS),
  ),
  place('user', String.raw`\bssh\b[^|;&\n]{0,200}?${GAP}-l(?:${GAP})?`, NAME, any(' -l', '\0-l', '"-l')),
  // uid=1000(x), groups=1000(x),27(y)
  place('user', String.raw`\b(?:[reo]?[ug]id|fs[ug]id|groups)=\d+\(|(?<=\)),\d+\(`, NAME, any('id=', 'groups=')),
  // PAM, sshd, logind, sudo, su, cron
  place(
    'user',
    String.raw`\bsession (?:opened|closed) for user |\bfor (?:invalid |illegal )?user |\b(?:Accepted|Failed|Postponed) [\w/-]+ for (?:invalid user )?|\b[Ii]nvalid user |\b(?:authenticating|invalid|from) user |\b(?:of|by) [Uu]ser |\bby (?=[\w.+-]+\()|(?<=\bauthentication failure; logname=\S{0,40} uid=\d+ euid=\d+ .{0,80}user=)`,
    NAME,
    any('user', 'for ', 'by '),
  ),
  place('user', String.raw`\bsudo(?:\[\d+\])?:\s+`, String.raw`${NAME}(?= :)`, any('sudo')),
  place('user', String.raw`\bCRON\[\d+\]: \(|\bcrond?\[\d+\]: \(|\(to \w+\) `, NAME, any('cron', '(to ')),
  // alice@node7:~$, rabbit@node7
  place(
    'user',
    String.raw`(?:^|[\s[(])`,
    String.raw`(?<name>[a-z_][\w.-]*)(?=@[\w.-]+:[~/]|@[\w.-]+ [~/\w.-]+\][#$])`,
    any('@'),
    'gm',
  ),
  place('host', String.raw`(?:^|[\s[(])[a-z_][\w.-]*@(?=[\w.-]+:[~/]|[\w.-]+ [~/\w.-]+\][#$])`, NAME, any('@'), 'gm'),
  place('host', String.raw`\b(?:rabbit(?:mq)?|celery|ejabberd|couchdb|emqx)@`, NAME, any('@')),
  // Nov 30 04:28:51 node7 sshd[12]:
  place('host', SYSLOG, String.raw`${NAME}(?= [\w./@-]+(?:\([\w-]+\))?(?:\[\d+\])?:)`, times(':', 3), 'gm'),
  // URLs: user, host, further hosts, database
  place(
    'user',
    String.raw`\b[a-z][a-z0-9+.-]{1,20}:\/\/`,
    String.raw`(?<name>[^\s/:@'"<>,?*\0]+)(?=(?::[^\s@/'"\0]*)?@)`,
    any('://'),
    'gi',
  ),
  place(
    'host',
    String.raw`\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@'"\0]*@)?|(?<=:\/\/[^\s/'"\0]*),`,
    NAME,
    any('://'),
    'gi',
  ),
  place(
    'database',
    String.raw`\b${DATABASES}:(?:\/\/|@)[^\s/'"?\0]*\/`,
    String.raw`(?<name>[^\s/?#'",;:&|\]})\\\0]+)`,
    any('://', 'thin:@'),
    'gi',
  ),
  place('database', String.raw`\boracle:thin:@[\w.-]+:\d+:`, NAME, any('thin:@')),
  place('host', String.raw`\boracle:thin:@(?:\/\/)?`, NAME, any('thin:@')),
  // PostgreSQL: titles of processes, messages
  place(
    'user',
    String.raw`\bpostgres: (?:[\d]+\/[\w-]+: )?(?!checkpointer|background|walwriter|wal|autovacuum|logical|stats|startup|archiver|logger|io|slotsync|parallel)`,
    NAME,
    any('postgres: '),
  ),
  place(
    'database',
    String.raw`\bpostgres: (?:[\d]+\/[\w-]+: )?(?!checkpointer|background|walwriter|wal|autovacuum|logical|stats|startup|archiver|logger|io|slotsync|parallel)[\w.-]+ `,
    NAME,
    any('postgres: '),
  ),
  place('host', String.raw`\bnfs: server `, NAME, any('nfs: ')),
  place(
    'user',
    String.raw`(?<![\w.-])client\.(?!\d+\b)(?!rgw\.|admin\b|bootstrap|(?:crt|key|pem|conf|cfg|log|json|ya?ml|go|py|c)\b)`,
    NAME,
    any('client.'),
  ),
  // Paths that are named after objects
  place(
    'container',
    String.raw`\blxc\.(?:payload|monitor)\.|\/(?:lxc|lxd|incus)(?:\/storage-pools\/[\w-]+)?\/(?:containers|virtual-machines)\/(?:snapshots\/)?`,
    NAME,
    any('lxc', 'lxd', 'incus'),
  ),
  place(
    'guest',
    String.raw`\bmachine-qemu\\x2d\d+\\x2d|\/machine-qemu-\d+-|\/libvirt\/(?:images|qemu)\/(?:domain-\d+-|channel\/target\/domain-\d+-|autostart\/|save\/|dump\/|nvram\/)?(?!domain-|channel\/|autostart|networks|snapshot|checkpoint|ram|lib|run|dump|save|nvram|capabilities|networks)`,
    NAME,
    any('qemu', 'libvirt'),
  ),
  place('guest', String.raw`\/log\/libvirt\/qemu\/`, String.raw`(?<name>[\w.+-]+?)(?=\.log)`, any('libvirt')),
  place('network', String.raw`\/libvirt\/(?:network|dnsmasq)\/`, String.raw`(?<name>[\w+-]+)(?=\.)`, any('libvirt')),
  place(
    'volume',
    String.raw`\/docker\/volumes\/|\/containers\/storage\/volumes\/|\/volumes\/kubernetes\.io~[\w-]+\/|\/custom\/`,
    NAME,
    any('volumes/', 'custom/'),
  ),
  place('namespace', String.raw`\/log\/pods\/`, String.raw`(?<name>[a-z0-9.-]+)(?=_)`, any('log/pods')),
  place(
    'pod',
    String.raw`\/log\/pods\/[^_\s/]+_|\/log\/containers\/`,
    String.raw`(?<name>[a-z0-9.-]+)(?=_)`,
    any('log/pods', 'log/containers'),
  ),
  place('container', String.raw`\/log\/pods\/[^/\s]+\/`, NAME, any('log/pods')),
  place(
    'namespace',
    String.raw`\/log\/containers\/[^_\s/]+_`,
    String.raw`(?<name>[a-z0-9.-]+)(?=_)`,
    any('log/containers'),
  ),
  place(
    'container',
    String.raw`\/log\/containers\/[^_\s/]+_[^_\s/]+_`,
    String.raw`(?<name>[a-z0-9.-]+)(?=-[0-9a-f]{64}|-c0de)`,
    any('log/containers'),
  ),
  place(
    'user',
    String.raw`(?:^|[^\w/])\/(?:home|Users|export\/home)\/`,
    String.raw`(?<name>[^/\s:'"\\\0]+)`,
    any('/home/', '/users/'),
  ),
  place('user', String.raw`\/(?:spool\/cron\/crontabs|spool\/mail|var\/mail)\/`, NAME, any('spool', 'mail/')),
  // rbd:pool/image, /dev/rbd/pool/image, --pool x
  place(
    'pool',
    String.raw`\brbd:|\/dev\/rbd\/(?!\d)|\brbd[ \0](?:info|map|rm|ls|du|snap[ \0]\w+|status|lock[ \0]\w+|children|resize|unmap|cp|export|import)[ \0]`,
    String.raw`${NAME}(?=\/)`,
    any('rbd'),
  ),
  place(
    'volume',
    String.raw`(?:\brbd:|\/dev\/rbd\/|\brbd[ \0](?:info|map|rm|du|snap[ \0]\w+|status|lock[ \0]\w+|children|resize|unmap|cp|export|import)[ \0])[\w.-]+\/`,
    NAME,
    any('rbd'),
  ),
  place(
    'pool',
    String.raw`\bosd[ \0]pool[ \0](?:get|set|stats|create|delete|rename|application[ \0]\w+|get-quota|set-quota)[ \0]`,
    NAME,
    any('osd pool', 'osd\0pool'),
  ),
  place(
    'guest',
    String.raw`\bvirsh(?:[ \0]-[^\s\0]+)*[ \0](?:start|shutdown|destroy|reboot|reset|suspend|resume|console|dominfo|domstats|domstate|dumpxml|edit|undefine|migrate|domblklist|domiflist|qemu-monitor-command|domjobinfo|define|save|managedsave|vcpupin|setmem|attach-\w+|detach-\w+)(?:[ \0]--[^\s\0]+)*[ \0]|\bguest=|\bqemu[^\s\0]*[\s\0](?:[^\n]{0,300}?[\s\0])?-name[\s\0](?!guest=)`,
    NAME,
    any('virsh', 'guest=', '-name'),
  ),
  place(
    'container',
    String.raw`\b(?:docker|podman|nerdctl)(?:[ \0]-[^\s\0]+)*[ \0](?:container[ \0])?(?:exec|start|stop|restart|kill|rm|logs|inspect|attach|top|stats|pause|unpause|wait|port|cp|update|rename)(?:[ \0]-[^\s\0]+)*[ \0]|\b(?:lxc|incus)(?:[ \0]-[^\s\0]+)*[ \0](?:exec|start|stop|restart|delete|info|console|shell|pause|move|copy|snapshot|rename|(?:config|file)[ \0]\w+)[ \0]`,
    NAME,
    any('docker', 'podman', 'nerdctl', 'lxc', 'incus'),
  ),
  place(
    'pod',
    String.raw`\bkubectl(?:[ \0]-[^\s\0]+(?:[ \0][\w-]+)?)*[ \0](?:exec|logs|delete[ \0]pod|describe[ \0]pod|get[ \0]pod|port-forward|attach|cp|drain|cordon|uncordon)(?:[ \0]-[^\s\0]+)*[ \0](?:pods?\/|deploy(?:ment)?\/)?`,
    NAME,
    any('kubectl'),
  ),
  // Disks by id: model and serial number
  place(
    'serial',
    String.raw`\bby-id\/[\w.:-]+_`,
    String.raw`(?<name>[A-Za-z0-9-]{5,}?)(?=-part\d|[\s"'\0:,;)]|$)`,
    any('by-id/'),
  ),
  place(
    'serial',
    String.raw`\b(?:[Ss]erial(?:[ _-]?(?:[Nn]umber|[Nn]o\.?))?|S\/N|SerialNumber|[Ss]ervice [Tt]ag|[Aa]sset [Tt]ag|IMEI)\s*[:=#]?\s+`,
    String.raw`(?<name>(?=[\w-]*\d)[A-Za-z0-9][A-Za-z0-9-]{4,})(?!\/)`,
    any('serial', 's/n', 'tag', 'imei'),
  ),
];

/** Places that the word behind the name decides: a stream holds the name until that word is whole. */
export const OPEN_PLACE = new RegExp(`(?:${SYSLOG}|\\bsudo(?:\\[\\d+\\])?:\\s+)(?=\\S+ ?\\S*$)`);
