// What other windows have drawn: windows of one browser tell each other, and one that is come back to looks.

const CHANNEL = "streetscope-annotate";

export class News {
  /** onNews(id): another window has drawn on this picture, or has opened it; or nobody knows. */
  constructor(onNews) {
    this.id = null;
    this.onNews = onNews;
    this.ending = new AbortController();
    window.addEventListener("focus", () => this.hear(this.id), { signal: this.ending.signal });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
    this.channel?.addEventListener("message", ({ data }) => this.hear(data));
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
