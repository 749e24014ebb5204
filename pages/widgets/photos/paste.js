// Sends a picture that is pasted anywhere on the page to Python.

function pastedPicture(event) {
  const files = [...(event.clipboardData?.files ?? [])];
  return files.find((file) => file.type.startsWith("image/"));
}

function asBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

const listening = new WeakMap();

export default function paste({ parentElement, data, setTriggerValue }) {
  const state = listening.get(parentElement) ?? {};
  Object.assign(state, { data, setTriggerValue });
  if (state.listener === undefined) {
    state.listener = async (event) => {
      const picture = pastedPicture(event);
      if (picture === undefined || picture.size > state.data.limit) return;
      event.preventDefault();
      state.setTriggerValue("pasted", { content: await asBase64(picture) });
    };
    document.addEventListener("paste", state.listener);
    listening.set(parentElement, state);
  }
  return () => {
    document.removeEventListener("paste", state.listener);
    listening.delete(parentElement);
  };
}
