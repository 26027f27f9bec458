import type { ReportCommands } from './commands.ts';
import type { ReportFiles } from './files.ts';
import type { ReportTimes } from './times.ts';

/** Parts of a sosreport from which replies are made. */
export interface Report {
  readonly files: ReportFiles;
  readonly commands: ReportCommands;
  readonly times: ReportTimes;
}
