const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');

const state = (reference) => new URLSearchParams(reference.state ?? {}).toString();

/** Where the preview's frame shows what a page reference means. */
function hashOf(reference) {
  const { attributes = {} } = reference;
  switch (reference.type) {
    case 'standard__navItemPage':
      return `#/${attributes.apiName}${state(reference) ? `?${state(reference)}` : ''}`;
    case 'standard__recordPage':
      return `#/Record?recordId=${attributes.recordId}`;
    default:
      return '#/';
  }
}

export const NavigationMixin = (Base) =>
  class extends Base {
    [Navigate](reference) {
      if (reference.type === 'standard__webPage') window.open(reference.attributes.url, '_blank');
      else window.location.hash = hashOf(reference);
    }
    [GenerateUrl](reference) {
      return Promise.resolve(reference.type === 'standard__webPage' ? reference.attributes.url : hashOf(reference));
    }
  };
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

/** Wire adapter: the page reference of the address, and again whenever the address changes. */
export class CurrentPageReference {
  constructor(dataCallback) {
    this.tell = () => {
      const [page, query = ''] = window.location.hash.slice(2).split('?');
      dataCallback({
        type: 'standard__navItemPage',
        attributes: { apiName: page },
        state: Object.fromEntries(new URLSearchParams(query)),
      });
    };
  }
  connect() {
    window.addEventListener('hashchange', this.tell);
    this.tell();
  }
  update() {}
  disconnect() {
    window.removeEventListener('hashchange', this.tell);
  }
}
