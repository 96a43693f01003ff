// One key for each decision. They can be turned off, as WCAG 2.1.4 asks of keys without a modifier, and the choice is kept.
const form = document.getElementById("decision");
const keyed = new Map([...document.querySelectorAll("[data-key]")].map((button) => [button.dataset.key, button]));
const KEPT = "vestry-review-keys";
let on = window.localStorage.getItem(KEPT) !== "off";

const toggle = document.createElement("button");
toggle.type = "button";
toggle.className = "office-link-button";
form.append(toggle);

const shown = () => {
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
};

toggle.addEventListener("click", () => {
  on = !on;
  window.localStorage.setItem(KEPT, on ? "on" : "off");
  shown();
});

let sent = false;
document.addEventListener("keydown", (event) => {
  if (!on || sent || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target instanceof Element && event.target.closest("input:not([type=hidden]), textarea, select")) return;
  const button = keyed.get(event.key.toLowerCase());
  if (!button) return;
  event.preventDefault();
  sent = true; // a second key would decide a pair that nobody has looked at
  button.click();
});

shown();
