// While a contract is changed, what its rows become is shown anew, a moment after each change. Without scripts a button does that.
const form = document.getElementById("editor");
let waits, asked = 0;

async function preview() {
  const mine = (asked += 1);
  const said = new FormData(form);
  said.set("act", "preview");
  said.delete("part_name"); // something more is added when it is asked for, not while it is being typed
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(said), redirect: "error" }).catch(() => null);
  if (!answer || mine !== asked || ![200, 422].includes(answer.status)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["preview", "problems", "save"]) swap(document.getElementById(id), page.getElementById(id));
  for (const part of document.querySelectorAll(".office-said")) swap(part, page.getElementById(part.id));
  for (const part of document.querySelectorAll(".office-pieces")) grow(part, page.getElementById(part.id));
}

// Pieces come when a column is said to be several things, and one more when all are used; those that are there stay as they are typed.
function grow(now, next) {
  if (!next?.children.length) now.replaceChildren();
  else for (const one of [...next.children].slice(now.children.length)) now.append(document.adoptNode(one));
}

function swap(now, next) {
  if (now && next && now.innerHTML !== next.innerHTML) now.replaceChildren(...document.adoptNode(next).childNodes);
}

form?.addEventListener("change", () => {
  clearTimeout(waits);
  waits = setTimeout(preview, 300);
});
