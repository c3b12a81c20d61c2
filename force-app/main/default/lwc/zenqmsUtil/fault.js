import labels from './labels';

/**
 * What went wrong with an Apex call, in one shape.
 *
 * @param {*} error what the promise was rejected with: {body: {message}} of an AuraHandledException, whose message is the
 *   JSON {code, message, details, requestId}, or an error of the browser
 * @returns {{code: string, message: string, details: {path: string, message: string}[], requestId: string|null}}
 */
export function fault(error) {
  const text = error?.body?.message ?? error?.message ?? '';
  try {
    const parsed = JSON.parse(text);
    if (parsed && typeof parsed.message === 'string') {
      return {
        code: parsed.code ?? 'unknown',
        message: parsed.message,
        details: parsed.details ?? [],
        requestId: parsed.requestId ?? null,
      };
    }
  } catch {
    // Not the relay's: the platform's own errors are plain text.
  }
  return { code: 'unknown', message: text || labels.errorUnknown, details: [], requestId: null };
}
