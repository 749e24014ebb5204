// Thumbnails of photos: a click shows the photo, the cross removes it.

function card(photo, chosen, send) {
  const words = [photo.size, photo.classes].map((text) => element("span", { className: "fact", textContent: text }));
  const look = element(
    "button",
    { type: "button", className: "look", title: photo.name, attributes: { "aria-pressed": String(chosen) } },
    element("img", { src: photo.thumbnail, alt: "" }),
    element("span", { className: "name", textContent: photo.name }),
    ...words,
  );
  look.addEventListener("click", () => send("look", photo.key));
  const item = element("li", { className: chosen ? "chosen" : "" }, look);
  if (photo.removable) {
    const remove = element("button", { type: "button", className: "remove", textContent: "×", title: "Remove" });
    remove.setAttribute("aria-label", `Remove ${photo.name}`);
    remove.addEventListener("click", () => send("remove", photo.key));
    item.append(remove);
  }
  return item;
}

const lists = new WeakMap();

export default function photoStrip({ parentElement, data, setTriggerValue }) {
  let shown = lists.get(parentElement);
  if (shown === undefined) {
    shown = { list: element("ul", { className: "strip", attributes: { "aria-label": "Photos" } }), data: "" };
    lists.set(parentElement, shown);
    parentElement.append(shown.list);
  }
  shown.send = setTriggerValue;
  // Rebuilt only when something changed: a rebuilt list loses focus and scroll position.
  const described = JSON.stringify(data);
  if (described !== shown.data) {
    const cards = data.photos.map((photo) => card(photo, photo.key === data.chosen, (...event) => shown.send(...event)));
    const focused = shown.list.getRootNode().activeElement;
    const place = [...shown.list.querySelectorAll("button")].indexOf(focused);
    shown.list.replaceChildren(...cards);
    shown.data = described;
    if (place >= 0) shown.list.querySelectorAll("button")[place]?.focus();
  }
  // Returns nothing to clean up: Streamlit would call it at each change, not only at the end.
}
