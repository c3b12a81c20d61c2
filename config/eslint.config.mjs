import tseslint from 'typescript-eslint';

/** The rules for our own TypeScript. Components have their own file, because Salesforce's rules are for another language. */
export default tseslint.config(
  { ignores: ['**/node_modules/**', 'scripts/preview/**/*.js', 'force-app/**', 'data/**', '.cache/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: new URL('..', import.meta.url).pathname },
    },
    rules: {
      // A promise that nobody waits for loses its error, and here an error lost is an event lost.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false, arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // `x!` says what the compiler cannot see; the tests are full of it and would gain nothing from more words.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `ready && start()` is a sentence.
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      'no-control-regex': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  // Tests read answers as they come; giving each a type would test the types.
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
);
