/** Options and operands of programs that hold a secret and have no name by which it would be known. */
export interface ProgramRule {
  /** Names of programs; `*` stands for any ending. */
  readonly programs: string;
  /** True where the name is also a word or an operand: then it is a program only where a command begins. */
  readonly isCommon?: boolean;
  /** Options whose value it is: `-P x`, `-Px`, `--key x`, `--key=x`. */
  readonly options?: string;
  /** True where the value is attached only: `-pX`. */
  readonly isAttached?: boolean;
  /** True where it is the next word only, since long options have one dash too. */
  readonly isSeparate?: boolean;
  /** Character in the value after which it begins: `user:secret`. */
  readonly behind?: string;
  /** Words of which one comes before: `docker login`. */
  readonly words?: string;
  /** Number of the operand after that word, or after the program; -1 is the last one. */
  readonly operand?: number;
  /** Manual. */
  readonly source: string;
}

export const PROGRAM_RULES: readonly ProgramRule[] = [
  { programs: 'ipmitool', options: '-P -k -y', source: 'ipmitool(1)' },
  { programs: 'ipmi-* ipmipower ipmiconsole bmc-*', options: '-p -k', source: 'freeipmi(7)' },
  { programs: 'fence_* racadm redfishtool', options: '-p', source: 'fence_ipmilan(8), racadm, redfishtool' },
  { programs: 'mysql* mariadb* xtrabackup mariabackup', options: '-p', isAttached: true, source: 'mysql(1)' },
  { programs: 'mysqladmin mariadb-admin', words: 'password', operand: 1, source: 'mysqladmin(1)' },
  { programs: 'mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop', options: '-p', source: 'mongosh --password' }, // prettier-ignore
  { programs: 'redis-cli valkey-cli', options: '-a --pass', source: 'redis-cli --help' },
  { programs: 'redis-cli valkey-cli', words: 'auth AUTH', operand: -1, source: 'redis AUTH' },
  { programs: 'redis-cli valkey-cli', words: 'requirepass masterauth', operand: 1, source: 'redis CONFIG SET' },
  { programs: 'sqlcmd bcp tsql isql osql freebcp', options: '-P', source: 'sqlcmd, tsql(1)' },
  { programs: 'sqlplus expdp impdp sqlldr rman', behind: '/', operand: 1, source: 'sqlplus user/password@db' },
  { programs: 'clickhouse-client influx cqlsh', options: '-p --password -password', source: 'cqlsh -p' },
  { programs: 'sshpass', options: '-p', source: 'sshpass(1)' },
  { programs: 'plink pscp psftp', options: '-pw', isSeparate: true, source: 'plink(1)' },
  { programs: 'ssh-keygen', options: '-N -P', source: 'ssh-keygen(1)' },
  { programs: 'curl', options: '-u -U --user --proxy-user', behind: ':', source: 'curl(1)' },
  { programs: 'curl', options: '--pass --oauth2-bearer', source: 'curl(1)' },
  { programs: 'http https', isCommon: true, options: '-a --auth', behind: ':', source: 'httpie' },
  { programs: 'ncat', options: '--proxy-auth', behind: ':', source: 'ncat(1)' },
  { programs: 'lftp', options: '-u --user', behind: ',', source: 'lftp(1)' },
  { programs: 'smbclient rpcclient smbget smbcacls smbtree winexe samba-tool', options: '-U --user', behind: '%', source: 'smbclient(1)' }, // prettier-ignore
  { programs: 'net', isCommon: true, options: '-U --user', behind: '%', source: 'net(8)' },
  { programs: 'ldapsearch ldapadd ldapmodify ldapdelete ldapmodrdn ldapcompare ldapwhoami ldapexop', options: '-w', source: 'ldapsearch(1)' }, // prettier-ignore
  { programs: 'ldappasswd', options: '-w -s -a', source: 'ldappasswd(1)' },
  { programs: 'slappasswd', options: '-s', source: 'slappasswd(8)' },
  { programs: 'snmpget snmpwalk snmpset snmpgetnext snmpbulkget snmpbulkwalk snmptable snmpdf snmpstatus snmpnetstat snmptrap snmpinform snmptranslate', options: '-c -A -X', source: 'snmpcmd(1)' }, // prettier-ignore
  {
    programs: 'openssl',
    options: '-passin -passout -pass -k -K',
    isSeparate: true,
    source: 'openssl-passphrase-options(1)',
  },
  { programs: 'openssl', words: 'passwd', operand: -1, source: 'openssl-passwd(1)' },
  { programs: 'htpasswd', words: '-b -bB -Bb -cb -bc -nb -bn -nbB -nBb -cbB -bcB -Bbn -bnB', operand: -1, source: 'htpasswd(1)' }, // prettier-ignore
  { programs: 'mkpasswd', operand: 1, source: 'mkpasswd(1)' },
  { programs: 'useradd usermod', options: '-p', source: 'useradd(8)' },
  { programs: 'docker podman nerdctl buildah skopeo helm oras az', words: 'login', options: '-p', source: 'docker login, podman-login(1)' }, // prettier-ignore
  { programs: 'podman buildah skopeo crictl', options: '--creds --src-creds --dest-creds', behind: ':', source: 'skopeo-copy(1), crictl pull' }, // prettier-ignore
  { programs: 'ctr', options: '-u --user', behind: ':', source: 'ctr images pull' },
  { programs: 'kubectl oc', options: '--from-literal', behind: '=', source: 'kubectl create secret' },
  { programs: 'kubeadm', words: 'create delete', operand: 1, source: 'kubeadm token create' },
  { programs: 'virsh', words: 'secret-set-value', options: '--base64', source: 'virsh(1)' },
  { programs: 'virsh', words: 'secret-set-value', operand: 2, source: 'virsh(1)' },
  { programs: 'virsh', words: 'set-user-password', operand: 3, source: 'virsh(1)' },
  { programs: 'ceph rbd rados radosgw-admin cephfs-shell ceph-fuse rbd-nbd', options: '--key', source: 'ceph(8)' },
  { programs: 'ceph-authtool', options: '-a --add-key', source: 'ceph-authtool(8)' },
  { programs: 'ceph', words: 'config-key', operand: 3, source: 'ceph config-key set' },
  {
    programs: 'rabbitmqctl',
    words: 'add_user change_password authenticate_user',
    operand: 2,
    source: 'rabbitmqctl(8)',
  },
  { programs: 'rclone', words: 'obscure', operand: 1, source: 'rclone obscure' },
  { programs: 'mosquitto_pub mosquitto_sub mosquitto_rr', options: '-P', source: 'mosquitto_pub(1)' },
  { programs: 'mosquitto_passwd', words: '-b', operand: 3, source: 'mosquitto_passwd(1)' },
  { programs: 'etcdctl', options: '--user', behind: ':', source: 'etcdctl --user' },
  {
    programs: 'vault',
    isCommon: true,
    words: 'login unseal',
    operand: 1,
    source: 'vault login, vault operator unseal',
  },
  { programs: 'mc', isCommon: true, words: 'set add', operand: 4, source: 'mc alias set' },
  { programs: 'zip unzip zipcloak', options: '-P', source: 'zip(1)' },
  { programs: '7z 7za 7zr rar unrar', options: '-p', isAttached: true, source: '7z(1)' },
  { programs: 'wpa_passphrase', operand: 2, source: 'wpa_passphrase(8)' },
  {
    programs: 'nmcli',
    words: 'password wifi-sec.psk 802-11-wireless-security.psk 802-1x.password wireguard.private-key',
    operand: 1,
    source: 'nmcli(1)',
  },
  { programs: 'xfreerdp xfreerdp3 wlfreerdp', options: '/p', behind: ':', source: 'xfreerdp(1)' },
  { programs: 'rdesktop', options: '-p', source: 'rdesktop(1)' },
  { programs: 'x11vnc', options: '-passwd', source: 'x11vnc(1)' },
  { programs: 'pcs', isCommon: true, options: '-p', source: 'pcs(8)' },
  { programs: 'ngrok', isCommon: true, words: 'authtoken add-authtoken', operand: 1, source: 'ngrok' },
  {
    programs: 'aws',
    isCommon: true,
    words: 'aws_secret_access_key aws_session_token',
    operand: 1,
    source: 'aws configure set',
  },
  { programs: 'lxc incus', words: 'core.trust_password', operand: 1, source: 'lxc config set' },
  { programs: 'grafana-cli', words: 'reset-admin-password', operand: 1, source: 'grafana-cli admin' },
  { programs: 'swaks', options: '-ap --auth-password', source: 'swaks' },
  { programs: 'sendEmail sendemail', options: '-xp', source: 'sendEmail' },
  { programs: 'iscsiadm', options: '-v --value', words: 'node.session.auth.password node.session.auth.password_in discovery.sendtargets.auth.password discovery.sendtargets.auth.password_in', source: 'iscsiadm(8)' }, // prettier-ignore
  { programs: 'ipmitool', words: 'password', operand: 2, source: 'ipmitool user set password' },
  { programs: 'cypher-shell', options: '-p', source: 'cypher-shell --help' },
  { programs: 'ceph', words: 'set-rgw-api-secret-key set-grafana-api-password set-alertmanager-api-password set-prometheus-api-password', operand: 1, source: 'ceph dashboard' }, // prettier-ignore
  { programs: 'kadmin kadmin.local', options: '-w', source: 'kadmin(1)' },
  { programs: 'radtest', operand: 2, source: 'radtest(1)' },
  { programs: 'radtest', operand: -1, source: 'radtest(1)' },
  { programs: 'rabbitmqadmin', options: '-p', source: 'rabbitmqadmin --help' },
  { programs: 'juju', isCommon: true, words: 'register', operand: 1, source: 'juju register' },
  { programs: 'maas', isCommon: true, words: 'login', operand: 3, source: 'maas login' },
  { programs: 'govc', options: '-u', behind: ':', source: 'govc -u' },
  { programs: 'jenkins-cli jenkins-cli.jar', options: '-auth', behind: ':', source: 'jenkins.io CLI' },
  { programs: 'pro ua', isCommon: true, words: 'attach', operand: 1, source: 'pro attach' },
  { programs: 'consul nomad', isCommon: true, options: '-encrypt', source: 'consul agent -encrypt' },
];
