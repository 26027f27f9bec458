import type { AnyAuthMethod, Prompt } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import type { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import type { Identities } from './identities.ts';
import { accountRefused, loginCancelled, permissionDenied } from './ssh-errors.ts';
import type { SshConfig } from './ssh-config.ts';
import { type KeyTrial, keyTrial } from './key-trial.ts';

/** Limits of dialogs driven by the server: a hostile one could prompt forever. */
const MAX_ROUNDS = 12;
const MAX_PROMPTS = 8;
const MAX_PROMPT_CHARACTERS = 400;

/** One login: chooses the next method for ssh2, and explains a failure. */
export interface Login {
  /** `left`: methods that the server still accepts, null at the start. `next(false)` ends the login. */
  readonly next: (
    left: readonly string[] | null,
    partial: boolean | null,
    next: (method: AnyAuthMethod | false) => void,
  ) => void;
  /** Notes a banner: after the first refused method it is about the account. */
  readonly banner: (text: string) => void;
  /** Error after the server accepted no method. */
  readonly failure: () => TransportError;
  /** Error of a connection that the server closed with a message about the account; undefined without one. */
  readonly interrupted: () => TransportError | undefined;
}

/** Title of a dialog after a refused answer. */
const AGAIN = 'Permission denied, try again';

type Method = 'publickey' | 'keyboard-interactive' | 'password';
const METHODS: readonly Method[] = ['publickey', 'keyboard-interactive', 'password'];

export function login(
  resolved: SshConfig,
  identities: Identities,
  prompter: Prompter,
  /** Ends the connection after a dialog was cancelled. */
  abort: () => void,
): Login {
  const username = resolved.user;
  const account = `${plain(username)}@${plain(resolved.hostname)}`;
  const refused = new Set<string>();
  const unusable: string[] = [...identities.skipped];
  const attempts = new Map<Method, number>();
  const methods = methodsFor(resolved, identities);
  const limit: Readonly<Record<Method, number>> = {
    publickey: identities.list.length,
    'keyboard-interactive': resolved.numberOfPasswordPrompts,
    password: resolved.numberOfPasswordPrompts,
  };
  let offered: readonly string[] = [];
  let cancelled = false;
  let rounds = 0;
  let trial: KeyTrial | undefined;
  let last = '';
  let publickeyOffered = false;
  let message: string | undefined;
  const noteMessage = (text: string): void => {
    const line = plain(text.trim().split(/\r?\n/).at(-1)?.slice(0, MAX_PROMPT_CHARACTERS) ?? '');
    if (line !== '') message = line;
  };
  const attempt = (title: string): void => {
    last = title;
    refused.add(title);
  };

  const answers = async (title: string, prompts: readonly Prompt[]): Promise<string[] | undefined> => {
    if (++rounds > MAX_ROUNDS || prompts.length > MAX_PROMPTS) {
      unusable.push('keyboard-interactive: too many prompts');
      return undefined;
    }
    const given: string[] = [];
    for (const prompt of prompts) {
      const answer = await prompter.secret({
        // The server's text comes after the account, which no text replaces.
        title: title === '' ? account : `${account}: ${title}`,
        prompt: plain(prompt.prompt.slice(0, MAX_PROMPT_CHARACTERS).trim()),
        echo: prompt.echo === true,
      });
      cancelled ||= answer === undefined;
      if (answer === undefined) return undefined;
      given.push(answer);
    }
    return given;
  };

  const keyboard = (time: number): AnyAuthMethod => ({
    type: 'keyboard-interactive',
    username,
    prompt: (name, instructions, _language, prompts, finish) => {
      const text = [name, instructions].filter(Boolean).join(': ').slice(0, MAX_PROMPT_CHARACTERS).trim();
      if (prompts.length === 0 && text !== '') {
        noteMessage(text);
        prompter.notify(plain(text));
      }
      const title = [...(time === 0 ? [] : [AGAIN]), ...(text === '' ? [] : [plain(text)])].join(': ');
      const answerAll = async (): Promise<void> => {
        const given = await answers(title, prompts);
        if (given === undefined) abort();
        else finish(given);
      };
      void answerAll();
    },
  });

  const methodFor = async (method: Method, time: number): Promise<AnyAuthMethod | undefined> => {
    switch (method) {
      case 'publickey': {
        const identity = identities.list[time];
        if (identity === undefined) return undefined;
        attempt(identity.title);
        trial = keyTrial(username, identity);
        return trial.method;
      }
      case 'keyboard-interactive':
        attempt(method);
        return keyboard(time);
      case 'password': {
        attempt(method);
        const title = time === 0 ? 'Password' : AGAIN;
        const password = await prompter.secret({ title, prompt: `${account}'s password` });
        cancelled ||= password === undefined;
        return password === undefined ? undefined : { type: 'password', username, password };
      }
    }
  };

  /** Offers the same key again with its signature, once the server accepted it; undefined continues with the next key. */
  const signed = async (pending: KeyTrial): Promise<AnyAuthMethod | undefined> => {
    trial = undefined;
    const outcome = await pending.signed();
    if (typeof outcome !== 'string') return outcome;
    refused.delete(last);
    unusable.push(outcome);
    return undefined;
  };

  const choose = async (left: readonly string[], partial: boolean): Promise<AnyAuthMethod | false> => {
    if (trial?.wanted() === true) {
      const again = await signed(trial);
      if (again !== undefined) return again;
    } else {
      offered = left;
      publickeyOffered ||= left.includes('publickey');
      if (partial) refused.delete(last);
      // The list restarts for the second factor.
      if (partial && ++rounds <= MAX_ROUNDS) attempts.clear();
    }
    const method = methods.find((one) => offered.includes(one) && (attempts.get(one) ?? 0) < limit[one]);
    if (method === undefined || cancelled) return false;
    const time = attempts.get(method) ?? 0;
    attempts.set(method, time + 1);
    return (await methodFor(method, time)) ?? false;
  };

  /** Keys that were not offered, since the server takes none. */
  const notAccepted = (): readonly string[] =>
    publickeyOffered || !methods.includes('publickey')
      ? []
      : identities.list.map(({ title }) => `${title}: the server does not accept publickey`);

  return {
    next: (left, partial, next) => {
      const tryNext = async (): Promise<void> => next(await choose(left ?? [], partial === true));
      // `none` first: its refusal lists the methods that the server accepts.
      if (left === null && trial === undefined) next({ type: 'none', username });
      else void tryNext();
    },
    banner: (text) => {
      if (offered.length > 0) noteMessage(text);
    },
    failure: () =>
      cancelled
        ? // The last one is the method of the dialog.
          loginCancelled({ account, refused: [...refused].filter((title) => title !== last), accepted: offered })
        : permissionDenied({
            account,
            refused: [...refused],
            unusable: [...new Set([...unusable, ...notAccepted()])],
            accepted: offered,
            message,
          }),
    interrupted: () => (message === undefined ? undefined : accountRefused(account, message)),
  };
}

/** Methods in the order of PreferredAuthentications; publickey only where there is a key. */
function methodsFor(resolved: SshConfig, identities: Identities): Method[] {
  const able: Readonly<Record<Method, boolean>> = {
    publickey: resolved.pubkeyAuthentication && identities.list.length > 0,
    'keyboard-interactive': resolved.kbdInteractiveAuthentication && !resolved.batchMode,
    password: resolved.passwordAuthentication && !resolved.batchMode,
  };
  const preferred = resolved.preferredAuthentications;
  const order =
    preferred === undefined
      ? METHODS
      : METHODS.filter((method) => preferred.includes(method)).toSorted(
          (a, b) => preferred.indexOf(a) - preferred.indexOf(b),
        );
  return order.filter((method) => able[method]);
}
