import { LightningElement, api } from 'lwc';

/**
 * What stands where there is nothing yet: why, and what to do.
 * @slot default the button that does it
 */
export default class ZenqmsEmpty extends LightningElement {
  @api heading;
  @api text;
  @api iconName = 'utility:info_alt';
}
