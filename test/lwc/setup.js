import { registerSa11yMatcher } from '@sa11y/jest';

registerSa11yMatcher();

afterEach(() => {
  document.body.replaceChildren();
  window.localStorage.clear();
  jest.resetAllMocks();
  jest.useRealTimers();
});
