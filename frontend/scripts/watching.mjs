// A page of work that goes on asks for itself again, and shows what has changed. Without scripts it is loaded anew instead.
const part = () => document.getElementById("watched");

async function look() {
  const now = part();
  if (!now || !now.dataset.watch) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(window.location.href, { headers: { accept: "text/html" }, redirect: "error" });
      const next = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("watched");
      if (next && next.innerHTML !== now.innerHTML) {
        // What is decided on a page is decided in its forms: they are made anew by loading it.
        if (!next.dataset.watch) return window.location.reload();
        now.replaceWith(document.adoptNode(next));
      }
    } catch { /* The office may be starting again: it is asked once more. */ }
  }
  setTimeout(look, 1000 * Number(now.dataset.watch));
}

if (part()?.dataset.watch) setTimeout(look, 1000 * Number(part().dataset.watch));
