import close from '@salesforce/label/c.ZenQMS_Close';
import discard from '@salesforce/label/c.ZenQMS_Discard';
import heldCount from '@salesforce/label/c.ZenQMS_HeldCount';
import heldEvents from '@salesforce/label/c.ZenQMS_HeldEvents';
import heldIntro from '@salesforce/label/c.ZenQMS_HeldIntro';
import heldNone from '@salesforce/label/c.ZenQMS_HeldNone';
import heldReceived from '@salesforce/label/c.ZenQMS_HeldReceived';
import release from '@salesforce/label/c.ZenQMS_Release';

export default {
  close,
  discard,
  heldCount,
  heldEvents,
  heldIntro,
  heldNone,
  heldReceived,
  release,
};
