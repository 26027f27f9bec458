import { TransportError } from './transport.ts';

/** Throws where this machine cannot be the host: its readings are Linux's. */
export function requireLinuxHere(platform: string = process.platform): void {
  if (platform !== 'linux') throw new TransportError('local triage needs Linux', { fix: 'use crashcart user@host' });
}

/** Throws on a client without /bin/sh and unix sockets, for `what` that is made of them. */
export function requireUnixClient(what: string, platform: string = process.platform): void {
  if (platform === 'win32')
    throw new TransportError(`${what} needs /bin/sh and unix sockets, which Windows lacks`, {
      fix: 'run crashcart in WSL',
    });
}
