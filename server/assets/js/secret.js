// A party's secret is made here, shown to be kept, and never sent: only its hash goes into the form. Without a safe
// connection the browser has no hash function, and the hash is typed in.
for (const box of document.querySelectorAll("[data-secret]")) {
  if (!globalThis.crypto?.subtle) continue;
  box.hidden = false;
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  box.querySelector("[data-make]").addEventListener("click", async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    box.querySelector("input").value = hex(secret);
    box.closest("form").elements.text.value = hex(await crypto.subtle.digest("SHA-256", secret));
  });
}
