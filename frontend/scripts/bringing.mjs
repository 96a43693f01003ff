// Says that files are too large before they are sent. The server says so too.
const form = document.querySelector("form[data-largest]");
const field = form?.querySelector("input[type=file]");

form?.addEventListener("submit", (event) => {
  const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
  const shown = document.getElementById("files-too-large");
  if (shown) shown.remove();
  if (size < Number(form.dataset.largest)) return;
  event.preventDefault();
  const said = document.createElement("p");
  said.id = "files-too-large";
  said.className = "govuk-error-message";
  said.textContent = form.dataset.tooLarge;
  said.setAttribute("role", "alert");
  field.before(said);
  field.closest(".govuk-form-group").classList.add("govuk-form-group--error");
  field.focus();
});
