// Keeps in this browser tab what makes it the teacher's, so that a reload asks for no PIN.

const KEY = "streetscope-teacher";

export default function teacher({ data, setStateValue }) {
  try {
    if (data.token) {
      sessionStorage.setItem(KEY, data.token);
      return;
    }
    const kept = sessionStorage.getItem(KEY);
    if (kept !== null && kept !== data.heard) setStateValue("token", kept);
  } catch {
    // No storage in this browser (strict privacy settings): a reload then asks for the PIN.
  }
}
