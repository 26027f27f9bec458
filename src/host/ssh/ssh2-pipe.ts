import type { Client, ClientChannel } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import { type Pipe, TransportError } from '../transport.ts';
import { SESSION_OPEN_MS } from './connect-timeout.ts';
import { sessionRefused, sessionTimeout } from './ssh-errors.ts';

/** Running command that the transport can cut off. */
export interface ChannelPipe extends Pipe {
  /** Ends both streams and settles `exited`, once the connection is lost. */
  readonly cutOff: () => void;
}

/** Starts a command on a new session channel. */
export function openPipe(client: Client, command: string): Promise<ChannelPipe> {
  return new Promise((settle, fail) => {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      fail(sessionTimeout());
    }, SESSION_OPEN_MS);
    const answer = (error: Error | undefined, channel: ClientChannel): void => {
      clearTimeout(timer);
      // A late session is closed, or it would keep a slot of MaxSessions.
      if (expired) channel?.close();
      else if (error !== undefined) fail(explainOpen(error));
      else settle(pipeOfChannel(channel));
    };
    try {
      client.exec(command, answer);
    } catch (error) {
      clearTimeout(timer);
      fail(new TransportError('Connection closed', { retry: true, cause: error }));
    }
  });
}

function explainOpen(error: Error & { readonly reason?: unknown }): TransportError {
  if (/channel open failure/i.test(error.message))
    return sessionRefused(plain(error.message.replace(/^.*failure: /i, '')), error);
  if (/unable to exec/i.test(error.message))
    return new TransportError('exec request failed: the account may not run commands', {
      fix: 'use an account without ForceCommand and subsystem restrictions',
      cause: error,
    });
  return new TransportError(`Session open failed: ${plain(error.message)}`, { retry: true, cause: error });
}

function pipeOfChannel(channel: ClientChannel): ChannelPipe {
  let finish: (code: number | undefined) => void = () => undefined;
  const exited = new Promise<number | undefined>((settle) => {
    finish = settle;
  });
  channel.on('exit', (code: number | null) => finish(code ?? undefined));
  channel.on('close', () => finish(undefined));
  // A write to a command that has ended must not throw.
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  const end = (): void => {
    finish(undefined);
    if (!channel.readableEnded) channel.push(null);
    if (!channel.stderr.readableEnded) channel.stderr.push(null);
  };
  return {
    stdout: channel,
    stderr: channel.stderr,
    stdin: channel,
    exited,
    kill: () => {
      channel.close();
      end();
      // Unread data would fill the window of the connection.
      channel.resume();
      channel.stderr.resume();
    },
    cutOff: end,
  };
}
