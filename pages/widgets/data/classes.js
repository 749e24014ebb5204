// Cards of classes: colour, meaning, figures and an example, which opens its frame.

function example({ name, frame, crop }, send) {
  if (!crop) return element("span", { className: "example none", textContent: _("no example") });
  const picture = element("img", {
    alt: _("{name} in frame {frame}, the rest of the picture in grey", { name, frame }),
    loading: "lazy",
    src: new URL(crop, document.baseURI),
  });
  const button = element("button", { type: "button", className: "example", title: _("Open frame {frame}", { frame }) }, picture);
  button.addEventListener("click", () => send("frame", frame));
  return button;
}

function card(each, send) {
  const chip = element("span", { className: "chip" });
  chip.style.background = `rgb(${each.colour.join(" ")})`;
  const text = (className, textContent) => textContent && element("p", { className, textContent });
  let more = null;
  if (each.crop) {
    more = element("button", { type: "button", className: "more", textContent: _("Frames with {name}", { name: each.name }) });
    more.addEventListener("click", () => send("gallery", each.name));
  }
  const parts = [
    element("h3", {}, chip, element("span", { textContent: each.name }), element("span", { className: "number", textContent: each.number })),
    text("meaning", each.meaning),
    text("fact", each.facts),
    text("fact", each.pixels),
    text("fact", `CamVid-11: ${each.group}`),
    text("fact", each.mayBe),
    more,
  ].filter(Boolean);
  const words = element("div", { className: "words" }, ...parts);
  return element("li", { className: each.crop ? "" : "absent" }, example(each, send), words);
}

const lists = new WeakMap();

let left = null; // how far the page was scrolled when an example was opened

export default function classes({ parentElement, data, setTriggerValue }) {
  let shown = lists.get(parentElement);
  if (shown === undefined) {
    shown = { list: element("ul", { attributes: { "aria-label": _("Classes") } }), described: "" };
    lists.set(parentElement, shown);
    parentElement.append(shown.list);
    const top = left;
    if (top !== null) requestAnimationFrame(() => (scrollerOf(shown.list).scrollTop = top)); // back from a frame
    left = null;
  }
  shown.send = (event, value) => {
    left = scrollerOf(shown.list).scrollTop;
    setTriggerValue(event, value);
  };
  const described = JSON.stringify(data);
  if (described !== shown.described) {
    shown.described = described;
    shown.list.replaceChildren(...data.classes.map((each) => card(each, (...event) => shown.send(...event))));
  }
  return () => {
    shown.list.remove();
    lists.delete(parentElement);
  };
}
