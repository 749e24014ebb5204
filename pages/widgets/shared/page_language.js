// Says which language the page is in; see page_language.py.

const ASKED = navigator.languages; // by whoever set up the browser

export default function pageLanguage({ data }) {
  document.documentElement.lang = data.language;
  // Streamlit asks for these whenever it writes a number in a table or in a chart's tooltip.
  const languages = Object.freeze([data.language, ...ASKED]);
  Object.defineProperty(navigator, "languages", { configurable: true, get: () => languages });
}
