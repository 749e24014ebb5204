// Keeps a random token in this browser tab, so that a reload finds its photos and pins again.

const KEY = "streetscope-visit";

function token() {
  const known = sessionStorage.getItem(KEY);
  if (known !== null) return known;
  // Not crypto.randomUUID: that is missing where a class opens the page over plain http.
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
    // No storage in this browser (strict privacy settings): a reload then begins anew.
  }
}
