// A page of work that is under way asks again, until it is done: what is within [data-again] is replaced by what the page says now.
const wait = 2000;

async function ask() {
  const part = document.querySelector("[data-again]");
  if (!part) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-again]");
    if (!now) { location.reload(); return; }
    part.replaceChildren(...now.childNodes);
  } catch {
    // The network is gone for a moment; ask again.
  }
  setTimeout(ask, wait);
}

setTimeout(ask, wait);
