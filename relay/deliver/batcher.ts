/**
 * Gathers what many are doing at once into few statements, one after the other: a call waits at most `waitMs`, or until `max` are
 * together, and for the statement that is under way; only `idleMs` where none is, because then nobody is there to be gathered with.
 */

export interface Batcher<I, O> {
  add(item: I): Promise<O>;
  /** Resolves when everything added so far is through. */
  drain(): Promise<void>;
}

/** @param run answers for each item, in order; what it throws goes to each caller of the batch */
export function batcher<I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  options: { max: number; waitMs: number; idleMs?: number },
): Batcher<I, O> {
  const pending: { item: I; resolve: (value: O) => void; reject: (error: unknown) => void }[] = [];
  let timer: NodeJS.Timeout | null = null;
  /** What is pending has waited long enough, and waits for the statement's end only. */
  let overdue = false;
  let running: Promise<void> | null = null;
  const wait = (): number => (running === null ? (options.idleMs ?? options.waitMs) : options.waitMs);

  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (pending.length > 0 && running === null) {
      const batch = pending.splice(0, options.max);
      running = run(batch.map((each) => each.item))
        .then(
          (answers) => batch.forEach((each, index) => each.resolve(answers[index] as O)),
          (error: unknown) => batch.forEach((each) => each.reject(error)),
        )
        .finally(() => {
          running = null;
          if (overdue || pending.length >= options.max) flush();
        });
    }
    overdue = pending.length > 0;
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        pending.push({ item, resolve, reject });
        if (pending.length >= options.max) flush();
        else if (!overdue) timer ??= setTimeout(flush, wait());
      }),
    drain: async () => {
      while (pending.length > 0 || running !== null) {
        flush();
        await running;
      }
    },
  };
}
