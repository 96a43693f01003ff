// Passkeys: asks our server what to ask the authenticator for, asks it, and sends back what it says. Nothing is kept here.
"use strict";
(() => {
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const descriptors = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const send = async (address, token, body) => {
    const answer = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: body === undefined ? "{}" : JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error([said.what, said.fix].filter(Boolean).join(" Try: "));
    return said;
  };

  const ask = async (does, options) => {
    options.challenge = bytes(options.challenge);
    if (does === "create") {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = descriptors(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: options });
    }
    options.allowCredentials = descriptors(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  };

  const told = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
  };

  for (const form of document.querySelectorAll("form.passkey")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector(".said");
      const token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
      said.textContent = "";
      if (!window.PublicKeyCredential) {
        said.textContent = "This browser knows no passkeys.";
        return;
      }
      try {
        const made = await ask(form.dataset.does, await send(form.dataset.options, token));
        const done = await send(form.dataset.answer, token, told(made));
        window.location.assign(done.next);
      } catch (error) {
        said.textContent = error.name === "NotAllowedError" ? "Nothing was shown. Try again." : error.message;
      }
    });
  }
})();
