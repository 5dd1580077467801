// Ticks or unticks everything in a form.
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-check]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = button.dataset.check === "all";
      for (const box of button.form.querySelectorAll("input[type=checkbox]")) box.checked = all;
    });
  }
})();
