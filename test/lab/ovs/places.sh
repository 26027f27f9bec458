# Socket directories of Open vSwitch and OVN by packaging; sourced by lab-ovs.sh and lab-ovn.sh, with LAB set.
# LAB_OVS_PLACE at `up` selects it, later commands use the same: packages (Debian, Ubuntu, OVN-Kubernetes), kolla (all in the
# directory of the switch), microovn, hypervisor (the snap openstack-hypervisor).
PLACE=$(cat "$LAB/ovs/place" 2>/dev/null || echo "${LAB_OVS_PLACE:-packages}")
case $PLACE in
  packages) OVS_RUN=/var/run/openvswitch OVN_RUN=/var/run/ovn OVN_CHASSIS=/var/run/ovn ;;
  kolla) OVS_RUN=/var/run/openvswitch OVN_RUN=/var/run/openvswitch OVN_CHASSIS=/var/run/openvswitch ;;
  microovn) OVS_RUN=/var/snap/microovn/common/run/switch OVN_RUN=/var/snap/microovn/common/run/central OVN_CHASSIS=/var/snap/microovn/common/run/chassis ;;
  hypervisor) OVS_RUN=/var/snap/openstack-hypervisor/common/run/openvswitch OVN_RUN=/var/snap/openstack-hypervisor/common/run/ovn OVN_CHASSIS=$OVN_RUN ;;
  *) die "unknown place: $PLACE" ;;
esac
# Directory of the bridges' sockets for the tools and ovn-controller.
export OVS_RUNDIR=$OVS_RUN
# remove_empty FOLDER…   removes empty directories and their empty parents
remove_empty() { local folder; for folder in "$@"; do (cd / && rmdir -p --ignore-fail-on-non-empty "${folder#/}" 2>/dev/null); done; }
