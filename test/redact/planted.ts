/** Place in which an identifier stands on a real host. */
export type Where = 'kernel log' | 'journal' | 'command line' | 'setting' | 'reply' | 'terminal';

/** Line with made-up identifiers in a real shape. */
export interface Planted {
  readonly where: Where;
  readonly text: string;
  readonly identifiers: readonly string[];
}

const USERS = ['wilhelmina', 'tsjoerd', 'bkowalczyk', 'm.vandenberg', 'svc_payroll', 'okafor2'];
const HOSTS = ['payctl-07', 'kvmhv12', 'edge-fra-3', 'dbmaster', 'stor9a', 'nimbus'];
const DOMAINS = [
  'dc1.kestrelbank.com',
  'prod.vossberg.de',
  'mgmt.tarnow.internal',
  'corp.hollandia.nl',
  'az2.quillon.net',
  'lan.brisk.corp',
];
const DATABASES = ['ledgerdb', 'orders_eu', 'claims', 'patientdata', 'stockroom', 'kpi2'];
const PODS = [
  'checkout-7d9f8b6c5-x2kqp',
  'cart-0',
  'fraudscan-5b7c9d-ab12c',
  'mailer-28914220-zz9pt',
  'search-api-66c4-9qlmn',
  'ledger-sync-1',
];
const NAMESPACES = ['kestrel-prod', 'vossberg', 'payroll-eu', 'team-otter', 'claims-stage', 'quillon-dev'];
const GUESTS = ['billing-win-3', 'citrix04', 'erp_hana', 'voip-gw2', 'legacyfax', 'jumpbox-9'];
const POOLS = ['kestrel-ssd', 'vmsfast', 'goldtier', 'backup_hdd', 'cinder-eu1', 'nearline7'];
const VOLUMES = ['volume-3f1c', 'pgdata-ledger-0', 'faxspool', 'erp_logs', 'scratch-eu7', 'img-citrix04'];
const NETWORKS = ['tenant-otter-net', 'dmz_fra', 'storage-vlan812', 'kestrel-lan', 'voicelan', 'ext-isp2'];
const IMAGES = [
  'registry.kestrelbank.com/pay/checkout:3.41',
  'harbor.vossberg.de/base/jre17:9',
  'kestrel/fraud:1.2',
  'otter/mailer:88',
  'quillon/search:2024.1',
  'brisk/ledger:7',
];

const hex = (seed: number, digits: number): string => {
  let out = '';
  for (let value = (seed + 7) * 2_654_435_761; out.length < digits; value = (value * 69_069 + 1) % 4_294_967_296)
    out += Math.floor(value % 65_536)
      .toString(16)
      .padStart(4, '0');
  return out.slice(0, digits);
};

/** Identifiers of one round of templates. */
function names(i: number, salt: number) {
  const pick = (list: readonly string[]) => list[i % list.length] ?? '';
  const id = salt * 10 + i;
  const raw = hex(id, 32);
  return {
    user: pick(USERS),
    host: pick(HOSTS),
    fqdn: `${pick(HOSTS)}.${pick(DOMAINS)}`,
    domain: pick(DOMAINS),
    db: pick(DATABASES),
    pod: pick(PODS),
    ns: pick(NAMESPACES),
    guest: pick(GUESTS),
    pool: pick(POOLS),
    volume: pick(VOLUMES),
    net: pick(NETWORKS),
    image: pick(IMAGES),
    ip: `10.${20 + i}.${(id * 7) % 250}.${((id * 13) % 250) + 1}`,
    ip2: `172.${16 + i}.${(id * 3) % 250}.${((id * 11) % 250) + 1}`,
    ip6: `2a02:${hex(id, 4)}:12::${hex(id + 3, 4)}`,
    link: `fe80::f816:3eff:fe${hex(id, 2)}:${hex(id + 5, 4)}`,
    full6: `2001:067c:1360:8001:0000:0000:${hex(id, 4)}:0002`,
    mac: `fa:16:3e:${hex(id, 2)}:${hex(id + 1, 2)}:${hex(id + 2, 2)}`,
    bareMac: `525400${hex(id, 6)}`,
    uuid: `${raw.slice(0, 8)}-${raw.slice(8, 12)}-4${raw.slice(13, 16)}-a${raw.slice(17, 20)}-${raw.slice(20, 32)}`,
    bareUuid: `a${hex(id + 9, 31)}`,
    wwn: `5${hex(id, 15)}`,
    serial: `S4EVNF0M${100000 + id * 37}`,
    iqn: `iqn.2010-10.org.openstack:volume-${raw.slice(0, 8)}`,
    nqn: `nqn.2019-08.com.kestrel:nvme:${pick(VOLUMES)}${i}`,
    imei:
      [
        '490154203237518',
        '356938035643809',
        '864500030000008',
        '990000862471854',
        '352099001761481',
        '013388004324100',
      ][i] ?? '',
  };
}

type Names = ReturnType<typeof names>;
type Template = readonly [where: Where, text: (n: Names) => string, ...identifiers: (keyof Names)[]];

const TEMPLATES: readonly Template[] = [
  ['kernel log', (n) => `nfs: server ${n.host} not responding, still trying`, 'host'],
  ['kernel log', (n) => `nfs: server ${n.fqdn} OK`, 'fqdn'],
  ['kernel log', (n) => `sd 2:0:0:1: [sdc] Serial Number: ${n.serial}`, 'serial'],
  ['kernel log', (n) => `scsi 7:0:0:0: alua: supports implicit TPGS naa.${n.wwn} port group 1`, 'wwn'],
  ['kernel log', (n) => `iscsi: connection1:0: detected conn error, target ${n.iqn}`, 'iqn'],
  ['kernel log', (n) => `nvme nvme2: new ctrl: NQN "${n.nqn}", addr ${n.ip}:4420`, 'nqn', 'ip'],
  ['kernel log', (n) => `IPv4: martian source ${n.ip} from ${n.ip2}, on dev eth0`, 'ip', 'ip2'],
  ['kernel log', (n) => `br-int: port 4 ${n.mac} received packet with own address as source address`, 'mac'],
  ['kernel log', (n) => `IPv6: eth1: IPv6 duplicate address ${n.link} used by ${n.mac} detected!`, 'link', 'mac'],
  ['kernel log', (n) => `usb 1-4: Product: EM7565, SerialNumber: ${n.serial}, IMEI ${n.imei}`, 'serial', 'imei'],
  [
    'kernel log',
    (n) =>
      `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task_memcg=/lxc.payload.${n.guest}/system.slice,task=java,pid=814,uid=1000`,
    'guest',
  ],
  [
    'kernel log',
    (n) => `EXT4-fs error (device dm-3) at /dev/disk/by-id/ata-SAMSUNG_MZ7LH_${n.serial}-part1: bad header`,
    'serial',
  ],
  [
    'kernel log',
    (n) =>
      `audit: type=1100 msg=audit(1.2:3): pid=99 uid=0 acct="${n.user}" exe="/usr/sbin/sshd" hostname=${n.host} addr=${n.ip}`,
    'user',
    'host',
    'ip',
  ],
  [
    'journal',
    (n) => `Nov 30 04:28:51 ${n.host} sshd[812]: Accepted publickey for ${n.user} from ${n.ip} port 50112 ssh2`,
    'host',
    'user',
    'ip',
  ],
  [
    'journal',
    (n) => `2026-11-30T04:28:51.123+00:00 ${n.host} systemd-logind[700]: New session 44 of user ${n.user}.`,
    'host',
    'user',
  ],
  ['journal', (n) => `pam_unix(sudo:session): session opened for user ${n.user}(uid=1007) by (uid=0)`, 'user'],
  ['journal', (n) => `pam_unix(su:session): session opened for user root(uid=0) by ${n.user}(uid=1007)`, 'user'],
  ['journal', (n) => `Failed password for invalid user ${n.user} from ${n.ip6} port 4 ssh2`, 'user', 'ip6'],
  ['journal', (n) => `sudo: ${n.user} : TTY=pts/0 ; PWD=/home/${n.user}/run ; USER=root ; COMMAND=/usr/bin/id`, 'user'],
  ['journal', (n) => `CRON[4411]: (${n.user}) CMD (/opt/bin/rotate)`, 'user'],
  ['journal', (n) => `uid=1004(${n.user}) gid=1004(${n.user}) groups=1004(${n.user}),27(sudo)`, 'user'],
  ['journal', (n) => `FATAL:  password authentication failed for user "${n.user}"`, 'user'],
  ['journal', (n) => `connection authorized: user=${n.user} database=${n.db} application_name=psql`, 'user', 'db'],
  ['journal', (n) => `ERROR:  database "${n.db}" does not exist`, 'db'],
  ['journal', (n) => `Access denied for user '${n.user}'@'${n.host}' (using password: YES)`, 'user', 'host'],
  ['journal', (n) => `could not connect to server: host "${n.host}" (${n.ip}), port 5432`, 'host', 'ip'],
  [
    'journal',
    (n) =>
      `E1130 kubelet.go:2] "Error syncing pod" pod="${n.ns}/${n.pod}" podUID="${n.uuid}" containerName="sidecar-${n.db}"`,
    'ns',
    'pod',
    'uuid',
    'db',
  ],
  [
    'journal',
    (n) => `pods "${n.pod}" is forbidden: User "${n.user}" cannot get resource in the namespace "${n.ns}"`,
    'pod',
    'user',
    'ns',
  ],
  ['journal', (n) => `persistentvolumeclaim "${n.volume}" not found`, 'volume'],
  ['journal', (n) => `Failed to pull image "${n.image}": dial tcp: lookup ${n.fqdn}: no such host`, 'image', 'fqdn'],
  ['journal', (n) => `Container image "${n.image}" already present on node "${n.host}"`, 'image', 'host'],
  [
    'journal',
    (n) => `libvirtd[99]: Domain id=3 name='${n.guest}' uuid=${n.uuid} is tainted: domain "${n.guest}"`,
    'guest',
    'uuid',
  ],
  [
    'journal',
    (n) => `nova.compute.manager [req-${n.uuid} ${n.bareUuid} ${n.bareUuid}] [instance: ${n.uuid}] paused`,
    'uuid',
    'bareUuid',
  ],
  ['journal', (n) => `=ERROR REPORT==== node rabbit@${n.host} down: connection_closed`, 'host'],
  [
    'journal',
    (n) => `postfix/smtp[77]: to=<${n.user}@${n.domain}>, relay=mx.${n.domain}[${n.ip}]:25, status=deferred`,
    'user',
    'domain',
    'ip',
  ],
  ['journal', (n) => `DHCPACK on ${n.ip} to ${n.mac} (${n.fqdn}) via br-ex`, 'ip', 'mac', 'fqdn'],
  ['journal', (n) => `IP ${n.ip}.51844 > ${n.ip2}.5432: Flags [S], seq 1`, 'ip', 'ip2'],
  [
    'command line',
    (n) =>
      `qemu-system-x86_64\0-name\0guest=${n.guest},debug-threads=on\0-uuid\0${n.uuid}\0-netdev\0tap,id=n0\0-device\0virtio-net-pci,mac=${n.mac}`,
    'guest',
    'uuid',
    'mac',
  ],
  [
    'command line',
    (n) =>
      `qemu-system-x86_64\0-drive\0file=rbd:${n.pool}/${n.volume}:id=cinder,format=raw\0-smbios\0type=1,serial=${n.serial}`,
    'pool',
    'volume',
    'serial',
  ],
  [
    'command line',
    (n) =>
      `qemu-system-x86_64 -drive file=/var/lib/libvirt/images/${n.guest}.qcow2 -monitor unix:/var/lib/libvirt/qemu/domain-12-${n.guest}/monitor.sock`,
    'guest',
  ],
  ['command line', (n) => `su\0-\0${n.user}\0-c\0id`, 'user'],
  ['command line', (n) => `sudo -u ${n.user} /opt/app/bin/run`, 'user'],
  ['command line', (n) => `/usr/bin/sudo\0--user=${n.user}\0top`, 'user'],
  ['command line', (n) => `ssh -p 2222 -i /root/.ssh/id ${n.user}@${n.host} uptime`, 'user', 'host'],
  ['command line', (n) => `ssh\0-o\0BatchMode=yes\0${n.fqdn}`, 'fqdn'],
  ['command line', (n) => `sshd: ${n.user}@pts/3 /home/${n.user}/.bashrc`, 'user'],
  ['command line', (n) => `rsync -a /srv/ backup-${n.user}@${n.host}:/vault/`, 'host'],
  ['command line', (n) => `mysql -u ${n.user} -h ${n.host} -P 3306`, 'user', 'host'],
  ['command line', (n) => `mysqldump\0-u${n.user}\0--host=${n.host}\0--databases\0x`, 'user', 'host'],
  ['command line', (n) => `psql -U ${n.user} -h ${n.ip} -d ${n.db}`, 'user', 'ip', 'db'],
  ['command line', (n) => `postgres: 15/main: ${n.user} ${n.db} ${n.ip}(53412) SELECT`, 'user', 'db', 'ip'],
  [
    'command line',
    (n) => `java -jar app.jar --spring.datasource.url=jdbc:mysql://${n.host}:3306/${n.db}?useSSL=true`,
    'host',
    'db',
  ],
  [
    'command line',
    (n) => `gunicorn app --env DATABASE_URL=postgres://${n.user}@${n.fqdn}:5432/${n.db}`,
    'user',
    'fqdn',
    'db',
  ],
  ['command line', (n) => `node worker.js --queue amqp://${n.user}@${n.host}:5672/${n.db}`, 'user', 'host', 'db'],
  [
    'command line',
    (n) => `mongod-exporter --mongodb.uri=mongodb+srv://${n.user}@cluster0.${n.domain}/${n.db}`,
    'user',
    'domain',
    'db',
  ],
  [
    'command line',
    (n) => `dotnet svc.dll --cs Server=tcp:${n.host},1433;Database=${n.db};User Id=${n.user};Encrypt=True`,
    'host',
    'db',
    'user',
  ],
  ['command line', (n) => `curl -s http://${n.host}:9090/metrics https://api.${n.domain}/v1`, 'host', 'domain'],
  ['command line', (n) => `kubectl -n ${n.ns} exec ${n.pod} -- sh`, 'ns', 'pod'],
  ['command line', (n) => `kubectl\0--namespace\0${n.ns}\0logs\0${n.pod}`, 'ns', 'pod'],
  [
    'command line',
    (n) => `docker run --name ${n.guest} --network ${n.net} --hostname ${n.host} --volume ${n.volume}:/data img`,
    'guest',
    'net',
    'host',
    'volume',
  ],
  ['command line', (n) => `docker exec -it ${n.guest} sh`, 'guest'],
  ['command line', (n) => `lxc exec ${n.guest} -- bash`, 'guest'],
  ['command line', (n) => `virsh shutdown ${n.guest}`, 'guest'],
  ['command line', (n) => `rbd info ${n.pool}/${n.volume}`, 'pool', 'volume'],
  ['command line', (n) => `rados -p ${n.pool} ls`, 'pool'],
  ['command line', (n) => `ceph osd pool get ${n.pool} size`, 'pool'],
  ['command line', (n) => `ceph-fuse --id=x -n client.${n.user} /mnt`, 'user'],
  [
    'command line',
    (n) =>
      `containerd-shim -namespace k8s.io -id ${hex(n.ip.length, 4)}${n.bareUuid}${hex(3, 28)} -address /run/c.sock`,
    'bareUuid',
  ],
  [
    'command line',
    (n) => `dnsmasq --conf-file=/var/lib/libvirt/dnsmasq/${n.net}.conf --dhcp-host=${n.mac},${n.ip}`,
    'net',
    'mac',
    'ip',
  ],
  [
    'command line',
    (n) => `tail -F /var/log/pods/${n.ns}_${n.pod}_${n.uuid}/app-${n.db}/0.log`,
    'ns',
    'pod',
    'uuid',
    'db',
  ],
  ['command line', (n) => `tail /var/log/containers/${n.pod}_${n.ns}_app.log`, 'pod', 'ns'],
  [
    'setting',
    (n) => `OS_USERNAME=${n.user} OS_PROJECT_NAME=${n.ns} OS_AUTH_URL=http://${n.host}:5000/v3`,
    'user',
    'ns',
    'host',
  ],
  ['setting', (n) => `initiatorname=${n.iqn}`, 'iqn'],
  ['setting', (n) => `machine-id ${n.bareUuid}`, 'bareUuid'],
  ['setting', (n) => `netmask 255.255.0.0 route ${n.ip}/24 via ${n.ip2} dev bond0`, 'ip', 'ip2'],
  ['setting', (n) => `dhcp-range=${n.ip}-${n.ip2}`, 'ip', 'ip2'],
  [
    'setting',
    (n) => `inet6 ${n.full6}/64 scope global; gateway ::ffff:${n.ip}; peer [${n.ip6}]:6640`,
    'full6',
    'ip',
    'ip6',
  ],
  ['setting', (n) => `inet6 ${n.link}%eth0`, 'link'],
  ['setting', (n) => `name_servers ip-10-4-${n.ip.length}-77.eu-west-1.compute.internal ${n.fqdn}`, 'fqdn'],
  ['setting', (n) => `interface enx${n.bareMac} hwaddr ${n.bareMac} tap ${n.bareMac.toUpperCase()}`, 'bareMac'],
  ['setting', (n) => `wwid 0x${n.wwn} vendor DELL`, 'wwn'],
  ['setting', (n) => `\\\\${n.host}\\share //${n.fqdn}/share mail ${n.user}@${n.domain}`, 'fqdn', 'user', 'domain'],
  [
    'reply',
    (n) => `{"name":"${n.guest}","hostname":"${n.host}","project":"${n.ns}","pool":"${n.pool}","node":"${n.host}"}`,
    'host',
    'ns',
    'pool',
  ],
  [
    'reply',
    (n) => `{"metadata":{"namespace":"${n.ns}","nodeName":"${n.host}","uid":"${n.uuid}"},"claimName":"${n.volume}"}`,
    'ns',
    'host',
    'uuid',
    'volume',
  ],
  [
    'reply',
    (n) =>
      `{"Hostname":"${n.host}","User":"${n.user}","Image":"${n.image}","NetworkMode":"${n.net}","MacAddress":"${n.mac}"}`,
    'host',
    'user',
    'image',
    'net',
    'mac',
  ],
  [
    'reply',
    (n) => `{"pool_name":"${n.pool}","image":"${n.volume}","client":"client.4123 ${n.ip}:0/2210"}`,
    'pool',
    'volume',
    'ip',
  ],
  [
    'reply',
    (n) =>
      `recirc_id(0),in_port(2),eth(src=${n.mac},dst=02:11:22:33:44:${n.mac.slice(-2)}),ipv4(src=${n.ip},dst=${n.ip2})`,
    'mac',
    'ip',
    'ip2',
  ],
  [
    'reply',
    (n) => `external_ids: {hostname="${n.host}", iface-id="${n.uuid}", attached-mac="${n.mac}"}`,
    'host',
    'uuid',
    'mac',
  ],
  [
    'reply',
    (n) => `switch ${n.uuid} (aka ${n.net}) logical_switch="${n.net}" addresses: ["${n.mac} ${n.ip}"]`,
    'uuid',
    'net',
    'mac',
    'ip',
  ],
  [
    'reply',
    (n) =>
      `<nova:user uuid="${n.bareUuid}">x</nova:user><nova:project uuid="${n.bareUuid}">y</nova:project><serial>${n.uuid}</serial>`,
    'bareUuid',
    'uuid',
  ],
  ['terminal', (n) => `[${n.user}@${n.host} ~]$ ls`, 'user', 'host'],
  ['terminal', (n) => `${n.user}@${n.host}:/srv$ ping ${n.fqdn}`, 'user', 'host', 'fqdn'],
  ['terminal', (n) => `Last login: Mon Nov 30 from ${n.ip} for user ${n.user}`, 'ip', 'user'],
  ['terminal', (n) => `ssh-rsa SHA256:${n.bareUuid}${hex(4, 11)} ${n.user}@${n.fqdn}`, 'bareUuid', 'user', 'fqdn'],
];

/** All templates with identifiers of six sites. */
export const planted: readonly Planted[] = TEMPLATES.flatMap(([where, text, ...used], salt) =>
  Array.from({ length: 6 }, (_, i) => {
    const all = names(i, salt);
    return { where, text: text(all), identifiers: [...new Set(used.map((name) => all[name]))] };
  }),
);

/** Each identifier once. */
export const plantedIdentifiers: readonly string[] = [...new Set(planted.flatMap(({ identifiers }) => identifiers))];

/** Planted identifiers in a text, also in upper case or with other separators. */
export const plantedIn = (text: string, identifiers: readonly string[] = plantedIdentifiers): readonly string[] =>
  identifiers.filter((identifier) => text.toLowerCase().includes(identifier.toLowerCase()));
