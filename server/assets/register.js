// Registration: looks at the identity number while it is typed (GB 11643). The server checks it again in any case.
"use strict";
(() => {
  const field = document.querySelector("[data-check='id-number']");
  const hint = field && document.getElementById("id_number-hint");
  if (!field || !hint) return;
  const plain = hint.textContent;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  hint.setAttribute("aria-live", "polite");
  const fits = (number) => {
    if (!/^\d{17}[\dX]$/.test(number)) return false;
    const sum = weights.reduce((all, weight, at) => all + weight * Number(number[at]), 0);
    return "10X98765432"[sum % 11] === number[17];
  };
  field.addEventListener("input", () => {
    const number = field.value.trim().toUpperCase();
    let text = plain;
    if (number.length >= 18) text = fits(number) ? field.dataset.right : field.dataset.wrong;
    else if (number.length > 0) text = field.dataset.short.replace("%", String(18 - number.length));
    if (hint.textContent !== text) hint.textContent = text;
    hint.dataset.tone = number.length < 18 ? "" : fits(number) ? "good" : "bad";
  });
})();
