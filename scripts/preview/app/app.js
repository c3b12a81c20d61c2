import { LightningElement } from 'lwc';
import Toast from 'lightning/toast';
import ToastContainer from 'lightning/toastContainer';
import { ShowToastEventName } from 'lightning/platformShowToastEvent';

const TABS = [
  { name: 'ZenQMS_Integrations', label: 'Integrations' },
  { name: 'ZenQMS_Setup', label: 'Setup wizard' },
  { name: 'ZenQMS_Activity', label: 'Activity' },
  { name: 'Record', label: 'Record' },
];

/** A frame like Lightning's own: tabs by the address, and toasts. */
export default class App extends LightningElement {
  page = TABS[0].name;
  recordId = '';

  connectedCallback() {
    ToastContainer.instance().maxShown = 3;
    window.addEventListener(ShowToastEventName, this.handleToast, true);
    window.addEventListener('hashchange', this.handleAddress);
    this.handleAddress();
  }
  disconnectedCallback() {
    window.removeEventListener(ShowToastEventName, this.handleToast, true);
    window.removeEventListener('hashchange', this.handleAddress);
  }

  get tabs() {
    return TABS.map((tab) => ({
      ...tab,
      href: `#/${tab.name}`,
      current: tab.name === this.page ? 'page' : null,
      className: `slds-context-bar__item${tab.name === this.page ? ' slds-is-active' : ''}`,
    }));
  }
  get at() {
    return { [this.page]: true };
  }

  handleAddress = () => {
    const [name, query] = window.location.hash.slice(2).split('?');
    this.page = TABS.some((tab) => tab.name === name) ? name : TABS[0].name;
    if (this.page === 'Record') this.recordId = new URLSearchParams(query).get('recordId') ?? '';
  };
  handleToast = (event) => {
    event.stopPropagation();
    const { title, message, variant, mode } = event.detail;
    Toast.show({ label: title, message, variant, mode }, this);
  };
  handleRecordId(event) {
    const recordId = event.detail.value.trim();
    window.location.hash = recordId ? `#/Record?recordId=${recordId}` : '#/Record';
  }
}
