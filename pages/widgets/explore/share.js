// A link in a field from which it can always be selected, a button that copies it, and its QR code.

const TOLD_MS = 2500; // how long the button says what it did

/** Copy the field's text. Without the permission, or over plain HTTP, there is only the older way. */
async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

function codeOf({ side, path }) {
  const space = "http://www.w3.org/2000/svg";
  const image = document.createElementNS(space, "svg");
  const attributes = { viewBox: `0 0 ${side} ${side}`, class: "code", role: "img", "aria-label": _("QR code of the link") };
  for (const [name, value] of Object.entries(attributes)) image.setAttribute(name, value);
  const modules = document.createElementNS(space, "path");
  modules.setAttribute("d", path);
  image.append(modules);
  return image;
}

function build() {
  const field = element("input", { type: "text", readOnly: true, className: "address" });
  field.setAttribute("aria-label", _("Link to what the page shows"));
  field.addEventListener("focus", () => field.select());
  const button = element("button", { type: "button", className: "copy", textContent: _("Copy link") });
  const told = element("span", { className: "told", attributes: { role: "status" } });
  const root = element("div", { className: "share" }, element("div", { className: "line" }, field, button), told);
  let timer = null;
  button.addEventListener("click", async () => {
    told.textContent = (await copy(field)) ? _("Copied.") : _("The link is selected: copy it with Ctrl+C.");
    clearTimeout(timer);
    timer = setTimeout(() => (told.textContent = ""), TOLD_MS);
  });
  return { root, field };
}

const shown = new WeakMap();

export default function share({ parentElement, data }) {
  if (!shown.has(parentElement)) {
    shown.set(parentElement, build());
    parentElement.append(shown.get(parentElement).root);
  }
  const { root, field } = shown.get(parentElement);
  field.value = data.address;
  root.querySelector(".code")?.remove();
  if (data.code?.path) root.append(codeOf(data.code));
  // Returns nothing to clean up: Streamlit would call it at each change, not only at the end.
}
