/**
 * Cost of the readings of storage and packages beside the tools of the same figures, in one run: `node bench/storage.ts [--rounds 50]`
 *
 * CPU of the collector and of the commands that it runs, and of this process, per reading; of a tool with its start, since a reading by it
 * needs one. `iostat -x 1 2` is what one reading of iostat takes. needrestart and iostat (sysstat) are installed for the comparison.
 */
import './lib/raw-text.ts';
import { parseArgs } from 'node:util';
import { cpuMs, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';
import { toolMs } from './lib/tool-cost.ts';

const { keyOf } = await import('../src/host/host.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { readPolicy } = await import('../src/subsystems/index.ts');
const { blockDevices } = await import('../src/sources/machine/block-devices.ts');
const { diskstats } = await import('../src/sources/machine/diskstats.ts');
const { deletedFiles } = await import('../src/sources/packages/deleted-files.ts');
const { packageFiles } = await import('../src/sources/packages/package-files.ts');
const { packages } = await import('../src/sources/packages/packages.ts');
const { blockStack } = await import('../src/sources/storage/block-stack.ts');
const { filesystemErrors } = await import('../src/sources/storage/filesystem-errors.ts');
const { filesystems } = await import('../src/sources/storage/filesystems.ts');
const { mappedDevices } = await import('../src/sources/storage/mapped-devices.ts');
const { nfsMounts } = await import('../src/sources/storage/nfs-mounts.ts');
const { swaps } = await import('../src/sources/storage/swaps.ts');

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '50' } } });
const rounds = Number(options.rounds);

const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const daemons = new DaemonClients(() => undefined, readPolicy.protocolOf);

/** Source, and the tool that shows the same. */
const PAIRS = [
  [filesystems, ['df', '-PT']],
  [filesystems, ['findmnt', '-J']],
  [blockDevices, ['lsblk', '-J', '-b', '-O']],
  [blockStack, ['lsblk', '-J', '-b', '-o', 'NAME,TYPE,SIZE,MOUNTPOINTS']],
  [diskstats, ['iostat', '-x', '1', '2']],
  [mappedDevices, ['dmsetup', 'status', '--noflush']],
  [filesystemErrors, undefined],
  [nfsMounts, ['mountstats']],
  [swaps, ['swapon', '--show']],
  [packages, ['dpkg', '-l']],
  [packageFiles, undefined],
  [deletedFiles, ['needrestart', '-b']],
] as const;

const rows: string[][] = [];
for (const [source, argv] of PAIRS) {
  const everySeconds = source.everySeconds;
  // A tool that starts 2 s of sampling or reads all of /proc is run a few times only.
  const times = argv?.[0] === 'iostat' || argv?.[0] === 'needrestart' ? Math.min(rounds, 5) : rounds;
  const readAll = async (): Promise<number> => {
    let bytes = 0;
    for (const read of Object.values(source.reads)) {
      const reading = read.kind === 'talk' ? await daemons.request(lane, read) : await lane.read(read);
      if (reading.ok) bytes += typeof reading.value === 'string' ? reading.value.length : 0;
      else if (reading.why !== 'absent' && reading.why !== 'denied')
        throw new Error(`${keyOf(read)}: ${reading.detail}`);
    }
    return bytes;
  };
  const bytes = await readAll();
  const [host, own] = [cpuMs(treeOf(pid)), process.cpuUsage()];
  for (let i = 0; i < times; i++) await readAll();
  const { user, system } = process.cpuUsage(own);
  const hostMs = (cpuMs(treeOf(pid)) - host) / times;
  rows.push([
    source.id,
    String(everySeconds),
    figure(hostMs),
    figure((user + system) / 1000 / times),
    String(bytes),
    argv?.join(' ') ?? '',
    argv ? figure(await toolMs(argv, times)) : '',
  ]);
}

console.log(`${machine()}; ${rounds} rounds\n`);
printTable(['source', 'every s', 'host CPU ms', 'own CPU ms', 'bytes', 'tool', 'tool CPU ms'], rows);
daemons.drop(lane);
lane.close();
await transport.close();
