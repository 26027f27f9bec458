# Configuration of the services, sourced by lab-openstack.sh: Debian's paths, one worker each, short heartbeats (5 s, down after 15 s).
KEYSTONE=http://127.0.0.1:5000/v3
# account SECTION [LINE…]   credentials of the services' user for a section
account() {
  printf '[%s]\n' "$1"; shift
  printf '%s\n' "auth_url=$KEYSTONE" auth_type=password username=services password=lab project_name=service user_domain_id=default project_domain_id=default region_name=lab "$@"
}
database() { printf '[%s]\nconnection=mysql+pymysql://lab:lab@127.0.0.1/%s\n' "$1" "$2"; }
# config FILE   from stdin, for the user of its folder: it has a password
config() { mkdir -p "$(dirname "$1")"; cat >"$1"; chmod 644 "$1"; }

write_config() {
  local messages=transport_url=rabbit://lab:lab@127.0.0.1/ token="www_authenticate_uri=$KEYSTONE memcached_servers=127.0.0.1:11211" one
  { database database keystone; printf '%s\n' '[token]' provider=fernet '[fernet_tokens]' key_repository=/etc/keystone/fernet-keys/ '[credential]' key_repository=/etc/keystone/credential-keys/; } | config /etc/keystone/keystone.conf
  { printf '%s\n' '[DEFAULT]' workers=1; database database glance; account keystone_authtoken $token; printf '%s\n' '[paste_deploy]' flavor=keystone '[glance_store]' stores=file default_store=file filesystem_store_datadir=/var/lib/glance/images/; } | config /etc/glance/glance-api.conf
  { database placement_database placement; printf '%s\n' '[api]' auth_strategy=keystone; account keystone_authtoken $token; } | config /etc/placement/placement.conf
  {
    printf '%s\n' '[DEFAULT]' $messages my_ip=127.0.0.1 state_path=/var/lib/nova report_interval=5 service_down_time=15 compute_driver=libvirt.LibvirtDriver vif_plugging_timeout=30
    database database nova; database api_database nova_api; account keystone_authtoken $token; account service_user send_service_user_token=true
    for one in placement neutron glance; do account $one; done
    printf '%s\n' '[scheduler]' workers=1 '[conductor]' workers=1 '[vnc]' enabled=false '[oslo_concurrency]' lock_path=/var/lib/nova/tmp \
      '[libvirt]' virt_type=qemu cpu_mode=none images_type=qcow2
  } | config /etc/nova/nova.conf
  {
    printf '%s\n' '[DEFAULT]' $messages state_path=/var/lib/neutron core_plugin=ml2 service_plugins= api_workers=1 rpc_workers=1 rpc_state_report_workers=0 agent_down_time=15
    database database neutron; account keystone_authtoken $token; account nova; account placement
    printf '%s\n' '[oslo_concurrency]' lock_path=/var/lib/neutron/tmp '[agent]' report_interval=5 'root_helper=sudo /usr/bin/neutron-rootwrap /etc/neutron/rootwrap.conf'
  } | config /etc/neutron/neutron.conf
  printf '%s\n' '[ml2]' type_drivers=vxlan tenant_network_types=vxlan mechanism_drivers=openvswitch '[ml2_type_vxlan]' vni_ranges=1:1000 | config /etc/neutron/plugins/ml2/ml2_conf.ini
  printf '%s\n' '[ovs]' datapath_type=netdev local_ip=127.0.0.1 '[agent]' tunnel_types=vxlan '[securitygroup]' firewall_driver=noop | config /etc/neutron/plugins/ml2/openvswitch_agent.ini
  # Processes of this machine without AppArmor.
  for one in /etc/*/*-uwsgi.ini; do sed -i 's/,apparmor$//; /^apparmor-profile/d; s/^processes = .*/processes = 1/; s/^threads = .*/threads = 2/' "$one"; done
  printf '%s\n' "export OS_AUTH_URL=$KEYSTONE" 'export OS_USERNAME=admin' "export OS_PASSWORD='lab-secret'" 'export OS_PROJECT_NAME=admin' 'export OS_USER_DOMAIN_ID=default' \
    'export OS_PROJECT_DOMAIN_ID=default' 'export OS_REGION_NAME=lab' 'export OS_IDENTITY_API_VERSION=3' >/root/admin-openrc
  chmod 600 /root/admin-openrc
  printf '%s\n' '[rabbitmq_prometheus].' >/etc/rabbitmq/enabled_plugins
  printf '%s\n' 'unix_sock_group = "libvirt"' 'unix_sock_ro_perms = "0777"' 'unix_sock_rw_perms = "0770"' 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' 'log_outputs = "3:file:/var/log/libvirt/libvirtd.log"' >/etc/libvirt/libvirtd.conf
  # Groups of this machine, which other labs use.
  printf '%s\n' 'cgroup_controllers = []' 'security_driver = "none"' 'namespaces = []' >/etc/libvirt/qemu.conf
}
