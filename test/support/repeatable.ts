/** Generated tests are repeatable: a change fails for what it changed. FC_SEED tries another seed, or `random`. */
import fc from 'fast-check';

const asked = process.env['FC_SEED'] ?? '20260301';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
