export const ShowToastEventName = 'lightning__showtoast';

/** The event that Lightning's own frame listens for; here the preview's frame does. */
export class ShowToastEvent extends CustomEvent {
  constructor(detail) {
    super(ShowToastEventName, { composed: true, cancelable: true, bubbles: true, detail });
  }
}
