import { chmod, rm } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { ShareWay, StartSharing } from '../app/share-flow.ts';
import { privateFolder } from '../host/ssh/private-folder.ts';
import { Tickets } from '../viewers/hello.ts';
import { ViewerServer, type ViewerEvents } from '../viewers/viewer-server.ts';

/** Number of one-time tickets: viewers by the port. */
const TICKETS = 4;

/** Listens for viewers in the chosen way. Nothing is left when it ends. */
export const startSharing: StartSharing = async (way, announce) => {
  const events: ViewerEvents = {
    joined: ({ number, name }) => announce(`viewer ${number} joined`, name),
    left: ({ number, name }, why) => announce(`viewer ${number} left: ${why}`, name),
    refused: ({ why, count }) =>
      announce(count === 1 ? `viewer refused: ${why}` : `${count} viewers refused, the last: ${why}`),
  };
  return way === 'port' ? byPort(events) : bySocket(way, events);
};

async function byPort(events: ViewerEvents) {
  const tickets = new Tickets(TICKETS);
  const server = await ViewerServer.listen({ port: 0, tickets }, events);
  const at = `127.0.0.1:${server.port}`;
  return {
    ...serverParts(server),
    instructions: [
      `Listening on ${at}. From another machine, forward the port:`,
      '',
      `  ssh -N -L ${server.port}:${at} ${hostname()}     there`,
      `  ssh -N -R ${server.port}:${at} THEIR-MACHINE     or here`,
      '',
      'Each ticket admits one viewer, once:',
      '',
      ...tickets.left.map((ticket) => `  crashcart watch ${at} --ticket ${ticket}`),
    ],
    end: (why: string) => server.end(why),
  };
}

async function bySocket(way: Exclude<ShareWay, 'port'>, events: ViewerEvents) {
  const folder = await privateFolder({ isShared: way === 'group' });
  const path = join(folder, 'viewers');
  try {
    // The folder has mode 0700 until the socket has its own.
    const server = await ViewerServer.listen({ path, mode: way === 'user' ? 0o600 : 0o660 }, events);
    if (way === 'group') await chmod(folder, 0o710);
    return {
      ...serverParts(server),
      instructions: [
        way === 'user'
          ? `For ${userInfo().username} on this machine:`
          : 'For accounts of this machine with the group of the socket:',
        '',
        `  crashcart watch ${path}`,
      ],
      end: (why: string) => {
        server.end(why);
        void rm(folder, { recursive: true, force: true }).catch(() => undefined);
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const serverParts = ({ viewers, show }: ViewerServer) => ({ viewers, show });
