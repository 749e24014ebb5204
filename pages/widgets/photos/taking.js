// Takes photos that are chosen, and those that are pasted or dropped anywhere on the page: Streamlit's own
// uploader sends them. Draws a button for choosing where Python asks for one.

const HOLDER = ".st-key-photo_upload";

/** What another component says to have the file chooser opened. */
const CHOOSE = "streetscope-choose-photos";

/** Files that are uploaded once Python has heard of those that are not, and how often it has heard of some. */
const kept = { files: [], heard: 0 };

/** Upload files, but for those that are too large: Python says so. */
function handOver(files, { data, setTriggerValue }) {
  const fitting = files.filter((file) => file.size <= data.limit);
  const names = files.filter((file) => file.size > data.limit).map((file) => file.name);
  if (names.length === 0) return upload(fitting);
  // One after the other: of two parts of a page that speak at once, one may not be heard.
  Object.assign(kept, { files: fitting, heard: data.heard });
  setTriggerValue("refused", { names, others: fitting.length });
}

function uploadKept({ heard }) {
  if (heard === kept.heard) return;
  upload(kept.files);
  Object.assign(kept, { files: [], heard });
}

/** Give files to Streamlit's uploader, as if they had been chosen in it. */
function upload(files) {
  const input = document.querySelector(`${HOLDER} input[type=file]`);
  if (input === null || files.length === 0) return;
  const given = new DataTransfer();
  for (const file of files) given.items.add(file);
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The pictures on the clipboard: browsers call them all image.png. */
function pastedPictures(event) {
  const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  return files.map((file) => new File([file], file.name.replace(/^image\./, "pasted."), { type: file.type }));
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
const isUploaders = (event) => event.target.closest?.(HOLDER) != null;

function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function listen(parent, asked) {
  const { accept, button } = asked.data;
  const hint = made("div", { className: "hint", hidden: true, textContent: _("Drop photos or a zip of them anywhere") });
  const add = made("button", { type: "button", className: "add", hidden: !button, textContent: _("+ Add photos") });
  add.title = _("Choose photos or a zip of them; drop them anywhere on the page, or paste one");
  const choose = made("input", { type: "file", multiple: true, accept, hidden: true });
  choose.addEventListener("change", () => {
    handOver([...choose.files], asked);
    choose.value = ""; // the same files can be chosen again
  });
  add.addEventListener("click", () => choose.click());
  parent.append(add, choose, hint);
  const ending = new AbortController();
  const on = (name, act) => document.addEventListener(name, act, { signal: ending.signal });
  on(CHOOSE, () => choose.click());
  on("paste", (event) => {
    const pictures = pastedPictures(event);
    if (pictures.length === 0) return;
    event.preventDefault();
    handOver(pictures, asked);
  });
  on("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // else the browser would leave the page and open the file
    hint.hidden = isUploaders(event);
  });
  on("dragleave", (event) => {
    if (event.relatedTarget === null) hint.hidden = true;
  });
  on("drop", (event) => {
    hint.hidden = true;
    if (!hasFiles(event) || isUploaders(event)) return;
    event.preventDefault();
    handOver([...event.dataTransfer.files], asked);
  });
  return { ending, drawn: [add, choose, hint] };
}

const listening = new WeakMap();

export default function taking({ parentElement, ...asked }) {
  if (!listening.has(parentElement)) listening.set(parentElement, listen(parentElement, asked));
  uploadKept(asked.data);
  return () => {
    const { ending, drawn } = listening.get(parentElement);
    ending.abort();
    for (const element of drawn) element.remove();
    listening.delete(parentElement);
  };
}
