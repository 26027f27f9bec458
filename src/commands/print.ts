/** Resolves when the text is out: an exit must not cut a pipe short. */
export const print = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
