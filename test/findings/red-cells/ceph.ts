import type { JudgedCells } from './judged-cell.ts';

export const cephJudged: JudgedCells = {
  'ceph/cluster/health': { rules: ['ceph-health'] },
  'ceph/cluster/mons': { rules: ['ceph-mons-unresponsive', 'ceph-mon-slow', 'ceph-health/MON_DOWN'] },
  'ceph/cluster/osds': { rules: ['ceph-health/OSD_DOWN', 'ceph-osd-unresponsive'] },
  'ceph/cluster/pgs': { rules: ['ceph-pgs-inactive', 'ceph-health/PG_DEGRADED', 'ceph-health/PG_AVAILABILITY'] },
  'ceph/health/severity': { rules: ['ceph-health'] },
  'ceph/latency/*': { rules: ['ceph-osd-unresponsive', 'ceph-osd-slow', 'ceph-health/OSD_DOWN'] },
  'ceph/latency/·': { why: 'the legend of the shades' },
  'ceph/osds/commit': { rules: ['ceph-osd-slow'] },
  'ceph/osds/memory': { rules: ['ceph-osd-memory'] },
  'ceph/osds/queue': { rules: ['ceph-osd-slow'] },
  'ceph/osds/receive': { rules: ['ceph-osd-slow'] },
  'ceph/osds/spill': { rules: ['ceph-spillover'] },
  'ceph/osds/state': { rules: ['ceph-osd-unresponsive', 'ceph-osd-slow', 'ceph-health/OSD_DOWN'] },
  'ceph/osds/subop': { rules: ['ceph-osd-slow'] },
  'ceph/pings/one': { rules: ['ceph-pings-slow'], anyRow: true },
  'ceph/tile/health': { rules: ['ceph-health'] },
  'ceph/tile/mons': { rules: ['ceph-mons-unresponsive'] },
  'ceph/tile/osds': { rules: ['ceph-osd-unresponsive', 'ceph-osd-slow', 'ceph-health/OSD_DOWN'] },
  'ceph/tile/slowest': { rules: ['ceph-osd-unresponsive', 'ceph-osd-slow', 'ceph-health/OSD_DOWN'] },
};
