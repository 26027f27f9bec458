import { isPseudonym, type IdentifierKind } from './pseudonyms.ts';

/** Accounts that packages make: they are on every machine of a kind. */
const SYSTEM_ACCOUNTS = `root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nogroup _apt
  systemd-network systemd-resolve systemd-timesync systemd-coredump systemd-oom messagebus sshd ntp chrony _chrony polkitd polkit dbus cron
  tss uuidd tcpdump landscape pollinate syslog usbmux dnsmasq avahi rpc _rpc statd rtkit colord gdm sddm lightdm postfix postdrop dovecot
  libvirt-qemu libvirt qemu kvm ceph openvswitch hugetlbfs nova neutron cinder glance keystone heat placement barbican octavia ironic
  swift horizon rabbitmq epmd memcache memcached mysql mariadb postgres redis mongodb etcd haproxy nginx apache httpd zabbix
  prometheus grafana elasticsearch influxdb docker lxd lxc containerd kube snap_daemon sudo adm wheel users staff audio video plugdev netdev
  input render sgx cdrom floppy dip tty disk kmem shadow utmp src ssh crontab admin administrator debian ubuntu vagrant user anonymous`;

/** Values of settings, and names that programs give by themselves. */
const SETTINGS = `default localhost localhost4 localhost6 localdomain none null nil undefined unknown true false yes no on off auto any all
  host hosts bridge internal external local global self public private shared static dynamic enabled disabled unset empty
  kube-api-access kube-system kube-public kube-node-lease kube-root-ca.crt bootstrap bootstrap-osd bootstrap-mds bootstrap-mgr bootstrap-rbd bootstrap-rgw
  crash rbd template0 template1 information_schema performance_schema sys config primary replica standby leader follower
  open_vswitch ovn_northbound ovn_southbound _server hardware_vtep
  cluster node nodes server client name value string int bool file path type id the a an is was has had not and or of for to in at by with
  from that this it its be been are were will can as if than then failed error errors ok`;

const EXEMPT: ReadonlySet<string> = new Set(`${SYSTEM_ACCOUNTS} ${SETTINGS}`.split(/\s+/));

/** True for a value in a place of names that names nothing: figures, addresses (known by form), settings, system accounts, pseudonyms. */
export const isExemptValue = (value: string, kind: IdentifierKind): boolean =>
  value.length < 2 ||
  (kind !== 'serial' && FIGURE.test(value)) ||
  ADDRESS.test(value) ||
  EXEMPT.has(value.toLowerCase()) ||
  isPseudonym(value);

const FIGURE = /^(?:0x[0-9a-f]+|[\d.,:+%-]+(?:[a-z]{1,3})?)$/i;
/** Addresses and ids, redacted or exempt by their own form. */
const ADDRESS = /^(?:\d+(?:\.\d+)+|[0-9a-f:]*:[0-9a-f:.]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[0-9a-f]{64})$/i;
