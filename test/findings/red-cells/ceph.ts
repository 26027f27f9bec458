import type { JudgedCells } from './judged-cell.ts';

const TEMPORARY = 'rule missing: a rule of Ceph is to judge it';

export const cephJudged: JudgedCells = {
  'ceph/cluster/health': { rules: ['ceph-health'] },
  'ceph/cluster/mons': { why: TEMPORARY },
  'ceph/cluster/osds': { rules: ['ceph-health/OSD_DOWN', 'ceph-osd-unresponsive'] },
  'ceph/cluster/pgs': { rules: ['ceph-health/PG_DEGRADED', 'ceph-health/PG_AVAILABILITY'] },
  'ceph/health/severity': { rules: ['ceph-health'] },
  'ceph/latency/*': { why: TEMPORARY },
  'ceph/latency/·': { why: 'the legend of the shades' },
  'ceph/ops/when': { why: TEMPORARY },
  'ceph/osds/commit': { rules: ['ceph-osd-slow'] },
  'ceph/osds/memory': { rules: ['ceph-osd-memory'] },
  'ceph/osds/queue': { rules: ['ceph-osd-slow'] },
  'ceph/osds/receive': { rules: ['ceph-osd-slow'] },
  'ceph/osds/spill': { rules: ['ceph-spillover'] },
  'ceph/osds/state': { why: TEMPORARY },
  'ceph/osds/subop': { rules: ['ceph-osd-slow'] },
  'ceph/pings/*': { why: TEMPORARY },
  'ceph/tile/health': { rules: ['ceph-health'] },
  'ceph/tile/mons': { why: TEMPORARY },
  'ceph/tile/osds': { why: TEMPORARY },
  'ceph/tile/slowest': { why: TEMPORARY },
};
