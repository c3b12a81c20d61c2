/** What an operation answers, before it is put on the wire. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Detail {
  readonly field: string;
  readonly message: string;
}

export function failure(status: number, code: string, message: string, details?: readonly Detail[]): Answer {
  return { status, body: { error: { code, message, ...(details ? { details } : {}) } } };
}

export function page<T>(items: readonly T[], number: number, size: number): Answer {
  const data = items.slice((number - 1) * size, number * size);
  return { status: 200, body: { page: number, page_size: size, total: items.length, data } };
}
