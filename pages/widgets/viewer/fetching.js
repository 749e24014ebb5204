// Fetching what Python put into Streamlit's media store: photos, and deflated arrays.

const LOAD_ATTEMPTS = 4;

/**
 * Fetch, with retries: Streamlit drops a media file for a moment when a run is cut short, until the next
 * run names it again.
 */
export async function fetchAgain(address) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Relative to the page, like Streamlit's own files, so that any base path works.
      const response = await fetch(new URL(address, document.baseURI));
      if (response.ok) return response;
      throw new Error(`${response.status} for ${address}`);
    } catch (error) {
      if (attempt === LOAD_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 150 * 2 ** attempt));
    }
  }
}

/** The bytes of a deflated file, of which there must be so many. */
export async function fetchInflated(address, count) {
  const { body } = await fetchAgain(address);
  const inflated = new Response(body.pipeThrough(new DecompressionStream("deflate")));
  const bytes = new Uint8Array(await inflated.arrayBuffer());
  if (bytes.length !== count) throw new Error(`${bytes.length} bytes instead of ${count}`);
  return bytes;
}
