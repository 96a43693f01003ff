// One key for each decision, and the next pair in the same page: the browser lays out what is new, and no frame anew.
// Keys can be turned off, as WCAG 2.1.4 asks of keys without a modifier, and the choice is kept.
const KEPT = "vestry-review-keys";
const PAIR = "/review/pair/";
const main = document.getElementById("main-content");
let on = window.localStorage.getItem(KEPT) !== "off";
let keyed = new Map();
let sent = false; // a second key would decide a pair that nobody has looked at

// Keys of the pair that is in the page now.
function ready() {
  const form = document.getElementById("decision");
  keyed = new Map([...main.querySelectorAll("[data-key]")].map((button) => [button.dataset.key, button]));
  sent = false;
  if (!form) return;
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "office-link-button";
  toggle.addEventListener("click", () => {
    on = !on;
    window.localStorage.setItem(KEPT, on ? "on" : "off");
    shown(form, toggle);
  });
  form.append(toggle);
  shown(form, toggle);
}

function shown(form, toggle) {
  for (const [key, button] of keyed) {
    button.querySelector("kbd")?.remove();
    if (on) {
      const cap = document.createElement("kbd");
      cap.className = "office-key";
      cap.textContent = key.toUpperCase();
      button.append(cap);
    }
  }
  toggle.textContent = on ? form.dataset.keysOff : form.dataset.keysOn;
}

document.addEventListener("keydown", (event) => {
  if (!on || sent || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target instanceof Element && event.target.closest("input:not([type=hidden]), textarea, select")) return;
  const button = keyed.get(event.key.toLowerCase());
  if (!button) return;
  event.preventDefault();
  button.click();
});

// Every form of the pair is sent from here. An answer that is no pair is left to the browser: it is a page of another kind.
main.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sent) return;
  sent = true;
  const form = event.target;
  const to = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const said = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await fetch(to, { method: "POST", body: said }).catch(() => null);
  const where = answer?.redirected ? new URL(answer.url) : null;
  if (!answer) location.reload(); // the browser says that nobody answers; whatever was decided stands there once somebody does
  else if (where?.pathname.startsWith(PAIR)) swap(await answer.text(), where);
  else if (where) location.assign(where);
  else swap(await answer.text(), null); // a refusal, as its page says it
});

function swap(text, where) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const next = page.getElementById("main-content");
  if (!next) return location.reload();
  main.replaceChildren(...document.adoptNode(next).childNodes);
  document.title = page.title;
  if (where) history.pushState(null, "", where);
  ready();
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

// Pages that were left are asked for again: who looks at a pair twice is entered twice.
window.addEventListener("popstate", () => location.reload());

ready();
