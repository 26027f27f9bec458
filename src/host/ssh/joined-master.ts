import { rm } from 'node:fs/promises';
import type { ControlSocket } from './control-socket.ts';
import { homePath } from './home-path.ts';
import type { Master } from './openssh-master.ts';
import { privateFolder } from './private-folder.ts';

/** The engineer's ControlMaster in the place of a connection made here: closing it leaves the master running. */
export async function joinedMaster(socket: ControlSocket): Promise<Master> {
  const folder = await privateFolder();
  const ended = socket.ended.then(async (why) => {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    return why;
  });
  return {
    folder,
    controlPath: socket.path,
    facts: { joined: homePath(socket.path) },
    ended,
    probe: socket.probe,
    close: async () => {
      socket.close();
      await ended;
    },
  };
}
