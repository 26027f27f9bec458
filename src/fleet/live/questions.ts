import type { Prompter } from '../../host/prompter.ts';

type Confirm = Parameters<Prompter['confirm']>[0];

/** Question of a host that waits for the engineer. */
export interface PendingQuestion {
  readonly host: string;
  readonly question: Confirm;
}

/**
 * Questions of many logins. A host key is not confirmed at once: the login fails, its question goes to a list, and after the
 * engineer's yes the next login gets the same answer. Passwords are not requested for a glance; a passphrase of a key is, once.
 */
export class GatheredQuestions {
  readonly #prompter: Prompter;
  readonly #pending = new Map<string, PendingQuestion>();
  readonly #approved = new Set<string>();
  readonly #passphrases = new Map<string, Promise<string | undefined>>();

  constructor(prompter: Prompter) {
    this.#prompter = prompter;
  }

  /** Prompter of the logins of one host. */
  of(host: string): Prompter {
    return {
      confirm: async (question) => {
        const key = keyOf(host, question);
        if (this.#approved.has(key)) return true;
        this.#pending.set(key, { host, question });
        return false;
      },
      secret: async (question) => {
        const { title, prompt } = question;
        if (!prompt.startsWith('Passphrase for key ')) return undefined;
        const key = `${title}\n${prompt}`;
        const known = this.#passphrases.get(key) ?? this.#prompter.secret(question);
        this.#passphrases.set(key, known);
        return known;
      },
      notify: () => undefined,
    };
  }

  get pending(): readonly PendingQuestion[] {
    return [...this.#pending.values()];
  }

  /** Asks the pending questions one by one; `approved` is called with each host whose question got a yes. */
  async ask(approved: (host: string) => void): Promise<void> {
    const all = [...this.#pending];
    for (const [index, [key, { host, question }]] of all.entries()) {
      const title = all.length === 1 ? question.title : `${question.title}, ${index + 1} of ${all.length}`;
      const yes = await this.#prompter.confirm({ ...question, title });
      this.#pending.delete(key);
      if (!yes) continue;
      this.#approved.add(key);
      approved(host);
    }
  }
}

const keyOf = (host: string, { title, lines }: Confirm): string => [host, title, ...lines].join('\n');
