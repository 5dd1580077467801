// Keys for whoever works at a desk all day: `/` to the search, `g` and a letter to a page, `?` for the list of them. They
// can be switched off in that list, for those whose speech or tremor would press them.
"use strict";
(() => {
  const OFF = "kaodian-keys-off";
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const read = () => {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  };
  const on = document.getElementById("keys-on");
  on.checked = !read();
  on.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, on.checked ? "" : "1");
    } catch {
      // It then holds for this page only.
    }
  });
  const show = () => dialog.open || dialog.showModal();
  const open = document.getElementById("keys-open");
  open.hidden = false;
  open.addEventListener("click", show);
  document.getElementById("keys-close").addEventListener("click", () => dialog.close());

  const places = new Map([...document.querySelectorAll(".top-nav [data-key]")].map((a) => [a.dataset.key, a]));
  const busy = (target) => target.closest?.("input, select, textarea, [contenteditable], dialog[open]");
  let going = 0;
  addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    const find = document.getElementById("find");
    const place = Date.now() - going < 2000 && places.get(event.key);
    going = event.key === "g" ? Date.now() : 0;
    if (place) place.click();
    else if (event.key === "/" && find) find.focus();
    else if (event.key === "?") show();
    else return;
    event.preventDefault();
  });
})();
