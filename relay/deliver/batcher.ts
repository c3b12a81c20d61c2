/**
 * Gathers what many are doing at once into few statements: a call waits at most `waitMs`, or until `max` are together; only `idleMs`
 * where no statement is under way, because then nobody is there to be gathered with.
 */

export interface Batcher<I, O> {
  add(item: I): Promise<O>;
  /** Resolves when everything added so far is through. */
  drain(): Promise<void>;
}

/** @param run answers for each item, in order; what it throws goes to each caller of the batch */
export function batcher<I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  options: { max: number; waitMs: number; idleMs?: number; parallel: number },
): Batcher<I, O> {
  const pending: { item: I; resolve: (value: O) => void; reject: (error: unknown) => void }[] = [];
  let timer: NodeJS.Timeout | null = null;
  /** What is pending has waited long enough, and waits for a statement to end only. */
  let overdue = false;
  const running = new Set<Promise<void>>();
  const wait = (): number => (running.size === 0 ? (options.idleMs ?? options.waitMs) : options.waitMs);

  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    while (pending.length > 0 && running.size < options.parallel) {
      const batch = pending.splice(0, options.max);
      const work = run(batch.map((each) => each.item)).then(
        (answers) => batch.forEach((each, index) => each.resolve(answers[index] as O)),
        (error: unknown) => batch.forEach((each) => each.reject(error)),
      );
      running.add(work);
      void work.finally(() => {
        running.delete(work);
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
      while (pending.length > 0 || running.size > 0) {
        flush();
        await Promise.allSettled([...running]);
      }
    },
  };
}
