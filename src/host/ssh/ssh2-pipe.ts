import type { Client, ClientChannel } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import { type Pipe, TransportError } from '../transport.ts';
import { SESSION_OPEN_MS } from './connect-timeout.ts';

/** A running command, and how the transport ends it when the line is gone. */
export interface ChannelPipe extends Pipe {
  /** The far side will not be heard again: both streams end, `exited` settles. */
  readonly cutOff: () => void;
}

/** Starts a command on a session channel of its own. */
export function openPipe(client: Client, command: string): Promise<ChannelPipe> {
  return new Promise((settle, fail) => {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      fail(
        new TransportError(`The host did not open another session within ${SESSION_OPEN_MS / 1000} s.`, {
          retry: true,
        }),
      );
    }, SESSION_OPEN_MS);
    const answer = (error: Error | undefined, channel: ClientChannel): void => {
      clearTimeout(timer);
      // Too late: nobody waits for it any more, and it must not keep a session slot.
      if (expired) channel?.close();
      else if (error !== undefined) fail(explainOpen(error));
      else settle(pipeOfChannel(channel));
    };
    try {
      client.exec(command, answer);
    } catch (error) {
      clearTimeout(timer);
      fail(new TransportError('The connection is gone.', { retry: true, cause: error }));
    }
  });
}

function explainOpen(error: Error & { readonly reason?: unknown }): TransportError {
  if (/channel open failure/i.test(error.message))
    return new TransportError(
      `The host refused another session: ${plain(error.message.replace(/^.*failure: /i, ''))}.`,
      {
        mend: 'MaxSessions of its sshd is reached, or the account may not run commands.',
        retry: true,
        cause: error,
      },
    );
  if (/unable to exec/i.test(error.message))
    return new TransportError('The host refuses to run commands for this account.', {
      mend: 'The account may be restricted (ForceCommand, permitted subsystems only): use another one.',
      cause: error,
    });
  return new TransportError(`No session could be opened: ${plain(error.message)}.`, { retry: true, cause: error });
}

function pipeOfChannel(channel: ClientChannel): ChannelPipe {
  let finish: (code: number | undefined) => void = () => undefined;
  const exited = new Promise<number | undefined>((settle) => {
    finish = settle;
  });
  channel.on('exit', (code: number | null) => finish(code ?? undefined));
  channel.on('close', () => finish(undefined));
  // Writing to a command that has ended is no error.
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
      // What still arrives is of no use, but it must not fill the window of the connection.
      channel.resume();
      channel.stderr.resume();
    },
    cutOff: end,
  };
}
