// What other windows have drawn: windows of one browser tell each other, and one that is come back to looks.

const CHANNEL = "streetscope-annotate";
const QUIET_MS = 5000; // without a run, after which a window that is come back to looks again

export class News {
  /**
   * onNews(id): another window has drawn on this picture, or has opened it; or nobody knows. root: the editor.
   * A clock would cost the server something in every window of a classroom, whoever looks.
   */
  constructor(onNews, root) {
    this.id = null;
    this.onNews = onNews;
    this.ran = 0;
    this.ending = new AbortController();
    const { signal } = this.ending;
    window.addEventListener("focus", () => this.hear(this.id), { signal });
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    root.addEventListener("pointerenter", () => this.look(), { signal });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
    this.channel?.addEventListener("message", ({ data }) => this.hear(data));
  }

  /** The server has said how things are. */
  hasRun() {
    this.ran = performance.now();
  }

  look() {
    if (document.visibilityState === "visible" && performance.now() - this.ran > QUIET_MS) this.hear(this.id);
  }

  hear(id) {
    if (id !== null && id === this.id) this.onNews(id);
  }

  /** This picture is open here now, or there is something new in it. */
  tell(id) {
    this.id = id;
    this.channel?.postMessage(id);
  }

  destroy() {
    this.ending.abort();
    this.channel?.close();
  }
}
