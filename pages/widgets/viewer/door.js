// The door of the viewer and of the editor: the only part of the front end that Streamlit sends with every run.
// It fetches the rest once (see modules.py) and hands over.

const ATTEMPTS = 4;

/** Streamlit drops a media file for a moment when a run is cut short and another follows. */
async function again(load) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await load(attempt);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 150 * 2 ** attempt));
    }
  }
}

async function fetchText(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} for ${address}`);
  return response.text();
}

const frontEnds = new Map();

/** Code and style sheet, fetched once a page, in parallel; a failure is not kept, so it can be tried again. */
function frontEnd({ code, style }) {
  // Relative to the page, like Streamlit's own files, so that any base path works.
  const [codeAddress, styleAddress] = [code, style].map((address) => new URL(address, document.baseURI).href);
  if (!frontEnds.has(codeAddress)) {
    const loading = Promise.all([
      // Some browsers remember that an address failed, so each attempt uses its own.
      again((attempt) => import(attempt === 1 ? codeAddress : `${codeAddress}?${attempt}`)),
      again(() => fetchText(styleAddress)).then((text) => new CSSStyleSheet().replace(text)),
    ]);
    loading.catch(() => frontEnds.delete(codeAddress));
    frontEnds.set(codeAddress, loading);
  }
  return frontEnds.get(codeAddress);
}

function complain(component, error) {
  console.warn("The code of this part of the page could not be loaded.", error);
  const words = document.createElement("p");
  words.className = "trouble";
  words.setAttribute("role", "alert");
  words.textContent = component.data.trouble ?? "The picture could not be loaded. Reload the page to try again.";
  component.parentElement.append(words);
}

const latest = new WeakMap(); // the newest call for each place on the page
const inside = new WeakMap(); // what is at each place: in another language the code is another

/**
 * Called whenever data or theme change. Two calls may wait for the code at once, and Streamlit then ends the
 * first after the second has begun: only the newest call's end removes the viewer.
 */
export default async function door(component) {
  const parent = component.parentElement;
  const call = Symbol("call");
  latest.set(parent, call);
  try {
    const [{ default: enter }, style] = await frontEnd(component.data);
    parent.querySelector(":scope > .trouble")?.remove();
    if (inside.has(parent) && inside.get(parent).enter !== enter) inside.get(parent).leave();
    const leave = enter(component, style);
    inside.set(parent, { enter, leave });
    return () => {
      if (latest.get(parent) === call) leave();
    };
  } catch (error) {
    // What an older call wanted may be gone since: it was for another language, say.
    const wanted = latest.get(parent) === call;
    if (wanted && !parent.querySelector(":scope > *:is(.trouble, .viewer)")) complain(component, error);
    return () => {};
  }
}
