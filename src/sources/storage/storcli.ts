import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import type { PhysicalDrive, RaidController, VirtualDrive } from './raid-tools.ts';

const MOST_CONTROLLERS = 32;
const MOST_DRIVES = 1024;

/**
 * `storcli64 /call show all J`, and `show J` with fewer facts:
 *
 *     {"Controllers":[{"Command Status":{"Status":"Success"},"Response Data":{"Basics":{"Model":"PERC H730P"},
 *       "Status":{"Controller Status":"Optimal"},"VD LIST":[{"DG/VD":"0/0","TYPE":"RAID1","State":"Optl","Size":"931.0 GB","Name":"os"}],
 *       "PD LIST":[{"EID:Slt":"252:0","State":"Onln","Size":"931.0 GB","Model":"ST1000NM0011"}],"BBU_Info":[{"State":"Optimal"}]}}]}
 */
export const parseStorcli = (text: string, tool: RaidController['tool']): readonly RaidController[] =>
  items(fields(json(text))['Controllers'])
    .slice(0, MOST_CONTROLLERS)
    .flatMap((one): RaidController[] => {
      const data = fields(fields(one)['Response Data']);
      const model = textOf(fields(data['Basics'])['Model']) ?? textOf(data['Product Name']);
      if (model === undefined) return [];
      const hardware = fields(data['HwCfg']);
      const temperature = hardware['ROC temperature(Degree Celsius)'] ?? hardware['ROC temperature(Degree Celcius)'];
      const backup = [...items(data['BBU_Info']), ...items(data['Cachevault_Info'])].map(fields);
      return [
        {
          tool,
          model: model.trim(),
          firmware: textOf(fields(data['Version'])['Firmware Version']) ?? textOf(data['FW Version']),
          status: textOf(fields(data['Status'])['Controller Status']),
          temperatureC: countOf(temperature),
          virtualDrives: items(data['VD LIST']).slice(0, MOST_DRIVES).flatMap((drive) => virtualDrive(fields(drive))),
          drives: items(data['PD LIST']).slice(0, MOST_DRIVES).flatMap((drive) => physicalDrive(fields(drive))),
          battery: backup.flatMap((each) => textOf(each['State']) ?? [])[0],
        },
      ];
    }); // prettier-ignore

type Fields = Readonly<Record<string, unknown>>;

function virtualDrive(drive: Fields): readonly VirtualDrive[] {
  const [id, state] = [textOf(drive['DG/VD']), textOf(drive['State'])];
  if (id === undefined || state === undefined) return [];
  const name = textOf(drive['Name']);
  return [{ id, state, level: textOf(drive['TYPE']) ?? '', size: textOf(drive['Size']) ?? '', name: name === '' ? undefined : name }]; // prettier-ignore
}

function physicalDrive(drive: Fields): readonly PhysicalDrive[] {
  const [slot, state] = [textOf(drive['EID:Slt']), textOf(drive['State'])];
  if (slot === undefined || state === undefined) return [];
  return [{ slot: slot.trim(), state, size: textOf(drive['Size']) ?? '', model: textOf(drive['Model'])?.trim() }];
}
