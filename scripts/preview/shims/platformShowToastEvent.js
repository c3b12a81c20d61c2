/** Not the platform's name: the base components' own Toast fires that one, and the frame would answer itself. */
export const ShowToastEventName = 'preview__showtoast';

/** The event that Lightning's own frame listens for; here the preview's frame does. */
export class ShowToastEvent extends CustomEvent {
  constructor(detail) {
    super(ShowToastEventName, { composed: true, cancelable: true, bubbles: true, detail });
  }
}
