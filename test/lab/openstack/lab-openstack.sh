#!/bin/bash
# lab-openstack.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# A cloud of one host from Debian's packages (see packages-optional): Keystone, Glance, Placement, Nova with libvirt and QEMU, Neutron with
# the agent of Open vSwitch; MariaDB, RabbitMQ, memcached. In namespaces (processes, mounts, network, host name lab-cloud), so that ports and
# sockets are the usual ones and no other lab is met; /etc, /root and /var/lib are overlays, what they and /run and /var/log get lies below --dir.
# The instance `web` boots the kernel and busybox of lab-kvm.sh; /root/admin-openrc has the credentials.
#   A command inside: nsenter -t "$(pgrep -P "$(cat DIR/openstack/init.pid)")" -m -u -i -n -p -- COMMAND
# Faults: agent (of Open vSwitch, stopped), port-binding (the same, and then a server is built), conductor (SIGSTOP, and a server is built), compute
# (SIGSTOP), no-host (the same, and then a server is built), mq-alarm (memory alarm of RabbitMQ, and a server is built), qemu (SIGKILL of that of web).
LABNAME=openstack; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"; . "$HERE/../lib/lab-guest.sh"; . "$HERE/config.sh"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
FAULTS="agent port-binding conductor compute no-host mq-alarm qemu"
parse_args "$@"
sql() { mariadb -u root -N -e "$1"; }
ctl() { timeout 60 rabbitmqctl -q "$@"; }
# Inside a process is recognised by its pid alone, which only the lab uses.
if [ -n "${LAB_INSIDE:-}" ]; then alive() { local pid; pid=$(pid_of "$1") && [ -n "$pid" ] && grep -q '^State:.[^Z]' "/proc/$pid/status" 2>/dev/null; }; fi
# cloud   commands of the openstack client from stdin, in one process: each start of it takes seconds
cloud() { (. /root/admin-openrc && timeout 300 openstack); }

# The first process of the namespaces.
INIT='mount --make-rprivate / && mkdir -p "$1"/{cgroup,run,log} && mount --rbind /sys/fs/cgroup "$1/cgroup" && mount -t sysfs sysfs /sys && mount --rbind "$1/cgroup" /sys/fs/cgroup || exit 1
  for d in etc root var/lib; do mkdir -p "$1/upper/$d" "$1/scratch/$d" && mount -t overlay overlay -o "lowerdir=/$d,upperdir=$1/upper/$d,workdir=$1/scratch/$d" "/$d" || exit 1; done
  mount --bind "$1/run" /run && mount --bind "$1/log" /var/log && rm -rf /etc/libvirt/qemu/*.xml || exit 1
  hostname lab-cloud && ip link set lo up && echo "127.0.0.1 localhost lab-cloud" >/etc/hosts && : >"$1/init.ready" || exit 1
  exec perl -e "\$SIG{CHLD} = q(IGNORE); sleep while 1" "$1"'
first() { pgrep -P "$(pid_of init)"; }
# inside COMMAND…   in the namespaces
inside() { nsenter -t "$(first)" -m -u -i -n -p -- "$@" 9>&-; }
again() { inside env LAB_INSIDE=1 CRASHCART_LAB_CACHE="$CACHE" bash "$HERE/lab-openstack.sh" "$CMD" --dir "$LAB" ${ARGS[@]+"${ARGS[@]}"}; }

# service NAME USER COMMAND…   as a user of the packages
service() { local name=$1 user=$2; shift 2; spawn "$name" setpriv --reuid="$user" --regid="$user" --init-groups env HOME="/var/lib/${user}" "$@"; }
# packaged NAME [USER]   as its unit starts it
packaged() { if [ -n "${2:-}" ]; then service "$1" "$2" /etc/init.d/"$1" systemd-start; else spawn "$1" /etc/init.d/"$1" systemd-start; fi; }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

daemons() {
  mkdir -p /run/{lock,mysqld,openvswitch,libvirt,nova,neutron,glance,keystone,placement} /var/log/{mysql,rabbitmq,openvswitch,libvirt/qemu,nova,neutron,glance,keystone,placement}
  local user; for user in nova neutron glance keystone placement; do mkdir -p "/run/lock/$user"; chown "$user:$user" "/run/$user" "/run/lock/$user" "/var/log/$user"; done
  chown mysql:mysql /run/mysqld /var/log/mysql; chown rabbitmq:rabbitmq /var/log/rabbitmq
  [ -d /var/lib/lab-mysql/mysql ] || { install -d -o mysql -g mysql /var/lib/lab-mysql && mariadb-install-db --no-defaults --user=mysql --datadir=/var/lib/lab-mysql --skip-test-db >"$STATE/install.log" 2>&1; } || die "see $STATE/install.log"
  spawn mariadb mariadbd --no-defaults --user=mysql --datadir=/var/lib/lab-mysql --socket=/run/mysqld/mysqld.sock --bind-address=127.0.0.1 --innodb-buffer-pool-size=128M --innodb-flush-log-at-trx-commit=0 --max-connections=150
  spawn memcached memcached -u memcache -l 127.0.0.1 -m 32
  service rabbitmq rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server
  spawn ovsdb ovsdb-server /var/lib/lab-ovs.db --remote=punix:/run/openvswitch/db.sock --remote=db:Open_vSwitch,Open_vSwitch,manager_options --pidfile=/run/openvswitch/ovsdb-server.pid --log-file=/var/log/openvswitch/ovsdb-server.log -vconsole:off
  wait_for 10 "ovsdb-server" test -S /run/openvswitch/db.sock || exit 1
  ovs-vsctl --no-wait init; spawn vswitchd ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile=/run/openvswitch/ovs-vswitchd.pid --log-file=/var/log/openvswitch/ovs-vswitchd.log -vconsole:off
  spawn virtlogd virtlogd; wait_for 10 'the socket of virtlogd' test -S /run/libvirt/virtlogd-sock || exit 1
  spawn libvirtd libvirtd
  wait_for 60 "MariaDB" sql 'select 1' && wait_for 120 "RabbitMQ" ctl await_startup || exit 1
}
# The schemas, the catalog and the accounts, once.
schemas() {
  local one; [ ! -e "$STATE/synced" ] || return 0
  for one in keystone glance placement nova nova_api nova_cell0 neutron; do sql "create database if not exists $one character set utf8"; done
  sql "create user if not exists lab@'127.0.0.1' identified by 'lab', lab@localhost identified by 'lab'; grant all on *.* to lab@'127.0.0.1', lab@localhost"
  ctl add_user lab lab; ctl set_permissions lab '.*' '.*' '.*'
  install -d -o glance -g glance /var/lib/glance/images
  neutron-db-manage --config-file /etc/neutron/neutron.conf upgrade heads >"$STATE/neutron-sync.log" 2>&1 & local neutron=$!
  (nova-manage api_db sync && nova-manage cell_v2 map_cell0 --database_connection mysql+pymysql://lab:lab@127.0.0.1/nova_cell0 && nova-manage db sync && nova-manage cell_v2 create_cell --name cell1) >"$STATE/nova-sync.log" 2>&1 & local nova=$!
  (keystone-manage db_sync; install -d -m 700 -o keystone -g keystone /etc/keystone/{fernet,credential}-keys && keystone-manage fernet_setup --keystone-user keystone --keystone-group keystone && keystone-manage credential_setup --keystone-user keystone --keystone-group keystone &&
    keystone-manage bootstrap --bootstrap-password lab-secret --bootstrap-region-id lab --bootstrap-admin-url $KEYSTONE --bootstrap-internal-url $KEYSTONE --bootstrap-public-url $KEYSTONE) >"$STATE/keystone-sync.log" 2>&1 || die "see $STATE/keystone-sync.log"
  (placement-manage db sync && glance-manage db_sync) >"$STATE/glance-sync.log" 2>&1 || die "see $STATE/glance-sync.log"
  wait $neutron || die "see $STATE/neutron-sync.log"; wait $nova || die "see $STATE/nova-sync.log"
  # Commands of root made them.
  chown -R --silent nova: /var/log/nova; chown -R --silent neutron: /var/log/neutron; chown -R --silent keystone: /var/log/keystone; chown -R --silent glance: /var/log/glance; chown -R --silent placement: /var/log/placement
  : >"$STATE/synced"
}
catalog() {
  local one kind name url; [ ! -e "$STATE/catalog" ] || return 0
  {
    printf '%s\n' 'project create service' 'user create --password lab services' 'role add --user services --project service admin'
    while read -r kind name url; do
      printf "service create --name $name $kind\n"; for one in public internal; do printf 'endpoint create --region lab %s %s http://127.0.0.1:%s\n' "$kind" $one "$url"; done
    done <<<$'compute nova 8774/v2.1\nnetwork neutron 9696\nplacement placement 8778\nimage glance 9292'
  } | cloud >"$STATE/catalog.log" 2>&1 && : >"$STATE/catalog"
}
services() {
  packaged placement-api; packaged glance-api glance; packaged nova-api; packaged neutron-api
  packaged neutron-rpc-server neutron; packaged nova-conductor nova; packaged nova-scheduler nova
  wait_for 120 "Neutron" listens 9696 && wait_for 120 "Nova" listens 8774 && wait_for 60 "Glance" listens 9292 || exit 1
  packaged neutron-openvswitch-agent neutron; packaged nova-compute nova
  wait_for 120 "nova-compute" has 'select 1 from nova.compute_nodes' && wait_for 120 "the agent" has "select 1 from neutron.agents where \`binary\`='neutron-openvswitch-agent'" || exit 1
}
has() { [ -n "$(sql "$1")" ]; }
state_of() { sql "select vm_state from nova.instances where display_name = '$1' and deleted = 0"; }
is() { [ "$(state_of "$1")" = "$2" ]; }
instance() {
  [ -z "$(state_of web)" ] || return 0
  nova-manage cell_v2 discover_hosts >/dev/null 2>&1
  truncate -s 1M "$STATE/empty.img"
  {
    echo "image create --public --disk-format aki --container-format aki --file $KERNEL kernel"
    echo "image create --public --disk-format ari --container-format ari --file $INITRD initrd"
    printf '%s\n' 'flavor create --ram 128 --disk 1 --vcpus 1 m1.lab' 'network create lab-net' 'subnet create --network lab-net --subnet-range 10.77.0.0/24 lab-subnet'
  } | cloud >"$STATE/boot.log" 2>&1
  # Alone: commands from stdin are split at each blank.
  (. /root/admin-openrc && openstack image create --public --disk-format raw --container-format bare --file "$STATE/empty.img" --property kernel_id="$(sql "select id from glance.images where name = 'kernel'")" \
    --property ramdisk_id="$(sql "select id from glance.images where name = 'initrd'")" --property os_command_line='console=ttyS0 quiet panic=0 no_timer_check lab.name=web' guest) >>"$STATE/boot.log" 2>&1
  echo 'server create --flavor m1.lab --image guest --network lab-net web' | cloud >>"$STATE/boot.log" 2>&1
  wait_for 120 "the instance web" is web active || die "see $STATE/boot.log"
}
up() {
  [ -n "${LAB_INSIDE:-}" ] || one_at_a_time
  if [ -z "${LAB_INSIDE:-}" ]; then
    need nsenter unshare openstack nova-compute neutron-openvswitch-agent keystone-manage glance-manage placement-manage mariadbd rabbitmqctl memcached ovs-vswitchd libvirtd
    if alive init && [ -e "$STATE/ready" ]; then say "already up"; return 0; fi
    local begun=$SECONDS; alive init || rm -f "$STATE/init.ready"; chmod 755 "$LAB" "$STATE"; agent_initrd
    spawn init unshare -m -u -i -n -p --fork --kill-child --mount-proc bash -c "$INIT" "$LAB" "$STATE" && wait_for 10 "the namespaces" test -e "$STATE/init.ready" || die "see $STATE/init.log"
    again && : >"$STATE/ready" && say "up in $((SECONDS - begun)) s"; return
  fi
  local begun=$SECONDS; agent_initrd
  write_config; [ -e /var/lib/lab-ovs.db ] || ovsdb-tool create /var/lib/lab-ovs.db /usr/share/openvswitch/vswitch.ovsschema || die "no database of the switch"
  daemons; say "daemons after $((SECONDS - begun)) s"; schemas; say "schemas after $((SECONDS - begun)) s"
  packaged keystone; wait_for 60 "Keystone" listens 5000 && catalog || die "see $STATE/catalog.log"
  say "catalog after $((SECONDS - begun)) s"; services; say "services after $((SECONDS - begun)) s"; instance
}

# build   a server in the background: a request that is not served takes long
build() { spawn build bash -c '. /root/admin-openrc; echo "server create --flavor m1.lab --image guest --network lab-net new" | timeout 120 openstack'; }
# A build that no conductor took is in nova_api, one for which no host was found in nova_cell0.
unbuilt() { ! has "select 1 from nova.instances where display_name = 'new' and deleted = 0 union select 1 from nova_cell0.instances where display_name = 'new' and deleted = 0 union select 1 from nova_api.build_requests"; }
unbuild() { reap build; unbuilt || { echo 'server delete new' | cloud >/dev/null 2>&1; wait_for 90 "the server to be deleted" unbuilt; }; }
agent_is() { has "select 1 from neutron.agents where \`binary\` = 'neutron-openvswitch-agent' and heartbeat_timestamp $1 utc_timestamp() - interval 15 second"; }
break_agent() { reap neutron-openvswitch-agent 20; }
repair_agent() { packaged neutron-openvswitch-agent neutron; wait_for 60 "the agent" agent_is '>'; }
break_port_binding() { break_agent; wait_for 40 "Neutron to miss the agent" agent_is '<' && build; }
repair_port_binding() { repair_agent; unbuild; }
break_conductor() { kill -STOP $(pgrep -f bin/nova-conductor); build; }
repair_conductor() { kill -CONT $(pgrep -f bin/nova-conductor); unbuild; }
break_compute() { kill -STOP $(pgrep -f bin/nova-compute); }
repair_compute() { kill -CONT $(pgrep -f bin/nova-compute); }
break_no_host() { break_compute; wait_for 40 "Nova to miss nova-compute" has "select 1 from nova.services where \`binary\` = 'nova-compute' and updated_at < utc_timestamp() - interval 16 second" && build; }
repair_no_host() { repair_compute; unbuild; }
break_mq_alarm() { ctl set_vm_memory_high_watermark absolute 20MB; build; }
repair_mq_alarm() { ctl set_vm_memory_high_watermark 0.4; unbuild; }
break_qemu() { kill -KILL $(pgrep -f "guest=instance-"); }
repair_qemu() { wait_for 60 "Nova to notice" is web stopped; echo 'server start web' | cloud >/dev/null 2>&1; wait_for 60 "the instance web" is web active; }

status() { ps -e -o pid,stat,rss,args --sort=pid | cut -c1-160; sql "select display_name, vm_state, task_state from nova.instances where deleted = 0"; say "broken: $(broken | xargs)"; }
down() {
  one_at_a_time
  # The first process of a PID namespace takes all others with it; unshare leaves TERM to it, which it ignores.
  if alive init; then kill -KILL "$(first)"; fi
  reap init 5; rm -rf "$STATE"/{upper,scratch,run,log,cgroup,broken,ready,synced,catalog,init.ready} "$STATE"/*.pid; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
case "$CMD ${LAB_INSIDE:-}" in
  "status " | "break " | "repair ") if alive init; then again; else say stopped; fi ;;
  *) run_verb ;;
esac
