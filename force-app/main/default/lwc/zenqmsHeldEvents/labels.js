import close from '@salesforce/label/c.ZenQMS_Close';
import discard from '@salesforce/label/c.ZenQMS_Discard';
import heldAtLeast from '@salesforce/label/c.ZenQMS_HeldAtLeast';
import heldCount from '@salesforce/label/c.ZenQMS_HeldCount';
import heldEvents from '@salesforce/label/c.ZenQMS_HeldEvents';
import heldIntro from '@salesforce/label/c.ZenQMS_HeldIntro';
import heldMore from '@salesforce/label/c.ZenQMS_HeldMore';
import heldNone from '@salesforce/label/c.ZenQMS_HeldNone';
import release from '@salesforce/label/c.ZenQMS_Release';

export default {
  close,
  discard,
  heldAtLeast,
  heldCount,
  heldEvents,
  heldIntro,
  heldMore,
  heldNone,
  release,
};
