import { createTestWireAdapter } from '@salesforce/wire-service-jest-util';

const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');
let reference = null;

/** `lightning/navigation` for tests: it remembers where it was sent. */
export const CurrentPageReference = createTestWireAdapter(() => {});

export const NavigationMixin = (Base) =>
  class extends Base {
    [Navigate](to) {
      reference = to;
    }
    [GenerateUrl]() {
      return Promise.resolve('https://example.lightning.force.com');
    }
  };
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

/** The page reference of the last navigation. */
export const navigatedTo = () => reference;
