// Keeps a random token in this browser tab, so that photos and pins are found again after a reload.

const KEY = "streetscope-visit";

function token() {
  const known = sessionStorage.getItem(KEY);
  if (known !== null) return known;
  // Not crypto.randomUUID: it is missing when a class opens the page over plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(KEY, made);
  return made;
}

const told = new WeakSet();

export default function visit({ parentElement, setStateValue }) {
  if (told.has(parentElement)) return;
  told.add(parentElement);
  try {
    setStateValue("token", token());
  } catch {
    // No storage in this browser (strict privacy settings): a reload then starts a new session.
  }
}
