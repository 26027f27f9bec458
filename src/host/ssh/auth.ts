import type { AnyAuthMethod, Prompt } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import type { Identities } from './identities.ts';
import type { Resolved } from './resolved.ts';
import { type KeyTrial, keyTrial } from './key-trial.ts';

/** Server-driven dialogs are bounded: a hostile server could ask for ever. */
const MOST_ROUNDS = 12;
const MOST_PROMPTS = 8;
const MOST_PROMPT_CHARACTERS = 400;

/** One login: what ssh2 calls to learn what to try next, and what to tell when nothing worked. */
export interface Login {
  /** `left`: methods that the server still takes, null at the start. `next(false)` gives up. */
  readonly next: (
    left: readonly string[] | null,
    partial: boolean | null,
    next: (method: AnyAuthMethod | false) => void,
  ) => void;
  /** What the person must read when the server accepted nothing. */
  readonly failure: () => TransportError;
}

type Way = 'publickey' | 'keyboard-interactive' | 'password';
const WAYS: readonly Way[] = ['publickey', 'keyboard-interactive', 'password'];

export function login(
  resolved: Resolved,
  identities: Identities,
  prompter: Prompter,
  /** Ends the connection: the person gave up in the middle of a dialog. */
  abort: () => void,
): Login {
  const username = resolved.user;
  const who = `${plain(username)}@${plain(resolved.hostname)}`;
  const tried: string[] = [...identities.skipped];
  const asked = new Map<Way, number>();
  const ways = waysFor(resolved, identities);
  const limit: Readonly<Record<Way, number>> = {
    publickey: identities.list.length,
    'keyboard-interactive': resolved.numberOfPasswordPrompts,
    password: resolved.numberOfPasswordPrompts,
  };
  let offered: readonly string[] = [];
  let gaveUp = false;
  let rounds = 0;
  let trial: KeyTrial | undefined;

  const answers = async (title: string, prompts: readonly Prompt[]): Promise<string[] | undefined> => {
    if (++rounds > MOST_ROUNDS || prompts.length > MOST_PROMPTS) {
      tried.push('keyboard-interactive, which asked too much');
      return undefined;
    }
    const given: string[] = [];
    for (const prompt of prompts) {
      const answer = await prompter.secret({
        title: title || who,
        prompt: plain(prompt.prompt.slice(0, MOST_PROMPT_CHARACTERS).trim()),
        echo: prompt.echo === true,
      });
      gaveUp ||= answer === undefined;
      if (answer === undefined) return undefined;
      given.push(answer);
    }
    return given;
  };

  const keyboard: AnyAuthMethod = {
    type: 'keyboard-interactive',
    username,
    prompt: (name, instructions, _language, prompts, finish) => {
      const said = [name, instructions].filter(Boolean).join(': ').slice(0, MOST_PROMPT_CHARACTERS);
      const answerAll = async (): Promise<void> => {
        const given = await answers(plain(said.trim()), prompts);
        if (given === undefined) abort();
        else finish(given);
      };
      void answerAll();
    },
  };

  const method = async (way: Way, time: number): Promise<AnyAuthMethod | undefined> => {
    switch (way) {
      case 'publickey': {
        const identity = identities.list[time];
        if (identity === undefined) return undefined;
        tried.push(identity.title);
        trial = keyTrial(username, identity);
        return trial.method;
      }
      case 'keyboard-interactive':
        if (time === 0) tried.push(way);
        return keyboard;
      case 'password': {
        if (time === 0) tried.push(way);
        const title = time === 0 ? 'Password' : 'Not accepted, try again';
        const password = await prompter.secret({ title, prompt: `Password of ${who}` });
        gaveUp ||= password === undefined;
        return password === undefined ? undefined : { type: 'password', username, password };
      }
    }
  };

  /** The server wanted a key whose signature had to be fetched first: the same key again, or on to the next. */
  const signed = async (pending: KeyTrial): Promise<AnyAuthMethod | undefined> => {
    trial = undefined;
    const outcome = await pending.signed();
    if (typeof outcome !== 'string') return outcome;
    tried.push(outcome);
    return undefined;
  };

  const choose = async (left: readonly string[], partial: boolean): Promise<AnyAuthMethod | false> => {
    if (trial?.wanted() === true) {
      const again = await signed(trial);
      if (again !== undefined) return again;
    } else {
      offered = left;
      // A first factor was accepted: the list starts anew for the second.
      if (partial && ++rounds <= MOST_ROUNDS) asked.clear();
    }
    const way = ways.find((one) => offered.includes(one) && (asked.get(one) ?? 0) < limit[one]);
    if (way === undefined || gaveUp) return false;
    const time = asked.get(way) ?? 0;
    asked.set(way, time + 1);
    return (await method(way, time)) ?? false;
  };

  return {
    next: (left, partial, next) => {
      const tryNext = async (): Promise<void> => next(await choose(left ?? [], partial === true));
      // Nothing tried yet: asking for nothing tells what the server takes.
      if (left === null && trial === undefined) next({ type: 'none', username });
      else void tryNext();
    },
    failure: () =>
      gaveUp
        ? new TransportError(`The login as ${who} was given up.`, { mend: 'Connect again, or give a key with -i.' })
        : new TransportError(
            `${who} accepted no way to log in (tried: ${tried.length === 0 ? 'nothing, for there is no key' : [...new Set(tried)].join(', ')}; the server takes: ${plain(offered.join(', ')) || 'nothing'}).`,
            { mend: 'Give the right key with -i, load it into ssh-agent, or check the user name.' },
          ),
  };
}

/** In the order of PreferredAuthentications; without a key there is no use in offering one. */
function waysFor(resolved: Resolved, identities: Identities): Way[] {
  const able: Readonly<Record<Way, boolean>> = {
    publickey: resolved.pubkeyAuthentication && identities.list.length > 0,
    'keyboard-interactive': resolved.kbdInteractiveAuthentication && !resolved.batchMode,
    password: resolved.passwordAuthentication && !resolved.batchMode,
  };
  const preferred = resolved.preferredAuthentications;
  const order =
    preferred === undefined
      ? WAYS
      : WAYS.filter((way) => preferred.includes(way)).toSorted((a, b) => preferred.indexOf(a) - preferred.indexOf(b));
  return order.filter((way) => able[way]);
}
