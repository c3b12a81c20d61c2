import { createElement } from 'lwc';

/** The component in the document, with these properties. */
export function mount(tag, Component, properties = {}) {
  const element = createElement(tag, { is: Component });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return element;
}

/** All promises that are pending now, and those that they lead to, are settled and rendered. */
export async function settled() {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}

/** Everything that a person would read in the component and the components inside it, base components' labels included. */
export function textOf(element) {
  const own = [];
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) own.push(node.textContent.trim());
    // The stubs of the base components show nothing; what they would show is in these.
    if (node.localName?.startsWith('lightning-'))
      own.push(
        ...['label', 'title']
          .map((name) => node[name])
          .filter(Boolean)
          .map(String),
      );
    (node.shadowRoot ?? node).childNodes.forEach(visit);
    if (node.shadowRoot) node.childNodes.forEach(visit);
  };
  visit(element);
  return own.filter(Boolean).join(' ');
}

/** The first element inside the component, or inside the components in it, that the selector finds. */
export function find(element, selector) {
  return findAll(element, selector)[0] ?? null;
}
export function findAll(element, selector) {
  const root = element.shadowRoot ?? element;
  const here = [...root.querySelectorAll(selector)];
  const inside = [...root.querySelectorAll('*')].filter((each) => each.shadowRoot).flatMap((each) => findAll(each, selector));
  return [...here, ...inside];
}

/** The base button, or menu item, with this label. */
export const buttonOf = (element, label) =>
  findAll(element, 'lightning-button, lightning-button-icon').find((each) =>
    [each.label, each.alternativeText].includes(label),
  ) ?? null;

/** A base component's own change. */
export function enter(element, value) {
  element.dispatchEvent(new CustomEvent('change', { detail: { value }, bubbles: true, composed: true }));
}

/** What was dispatched under this name: each event's detail. */
export function heard(element, name) {
  const details = [];
  element.addEventListener(name, (event) => details.push(event.detail));
  return details;
}

/** How an Apex method fails: an AuraHandledException whose message is JSON. */
export const refusal = (code, message, details = []) => ({
  body: { message: JSON.stringify({ code, message, details, requestId: 'req-1' }) },
});
