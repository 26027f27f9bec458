import { countOf, fields, items, textOf, type Fields } from '../../lib/json.ts';

/** Figures of `ceph status` that `ceph report` does not have; without the field they would be those of an idle cluster. */
export const NOT_REPORTED: Fields = {
  degraded_ratio: null,
  misplaced_ratio: null,
  unfound_ratio: null,
  read_bytes_sec: null,
  write_bytes_sec: null,
  read_op_per_sec: null,
  write_op_per_sec: null,
  recovering_bytes_per_sec: null,
  recovering_objects_per_sec: null,
};

/** Reply to a command from `ceph report`, which has the maps in one reply. */
export function fromReport(prefix: string, report: Fields): unknown {
  const [monmap, osdmap] = [fields(report['monmap']), fields(report['osdmap'])];
  if (report['osdmap'] === undefined) return undefined;
  const mons = items(monmap['mons']).map((mon) => textOf(fields(mon)['name']));
  const quorum = items(report['quorum']).map((rank) => mons[countOf(rank) ?? -1]);
  switch (prefix) {
    case 'health':
      return report['health'];
    case 'osd dump':
      return report['osdmap'];
    case 'osd metadata':
      return report['osd_metadata'];
    case 'quorum_status':
      return { quorum: report['quorum'], quorum_names: quorum, monmap };
    case 'status': {
      const osds = items(osdmap['osds']).map(fields);
      return {
        fsid: monmap['fsid'],
        health: report['health'],
        quorum_names: quorum,
        monmap: { num_mons: mons.length },
        osdmap: {
          epoch: osdmap['epoch'],
          num_osds: osds.length,
          num_up_osds: osds.filter(({ up }) => up === 1).length,
          num_in_osds: osds.filter((osd) => osd['in'] === 1).length,
        },
        pgmap: {
          ...NOT_REPORTED,
          num_pgs: report['num_pg'],
          pgs_by_state: items(report['num_pg_by_state']).map((each) => {
            const { state, num } = fields(each);
            return { state_name: state, count: num };
          }),
        },
      };
    }
    default:
      return undefined;
  }
}
