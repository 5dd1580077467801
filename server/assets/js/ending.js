// The login ends: two minutes before, whoever is there is asked. Another page of the same browser may have renewed it.
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const ASK = 120_000;
  const ENDS = "kaodian-ends";
  const dialog = by("ending");

  // Whether somebody has typed or chosen something that is not sent yet.
  const typed = () =>
    [...document.forms].some((form) => form.method === "post" && [...form.elements].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.matches?.("input:not([type=hidden]), textarea") && field.value !== field.defaultValue));

  const show = (over) => {
    by("ending-what").hidden = over;
    by("ending-stay").hidden = over;
    by("ending-over").hidden = !over;
    dialog.setAttribute("aria-describedby", over ? "ending-over" : "ending-what");
    if (!dialog.open) dialog.showModal();
  };
  // The page itself leads to the login and back again; what was typed must not be lost by that.
  const over = () => (dialog && typed() ? show(true) : location.reload());
  document.addEventListener("kaodian:ended", over);
  if (!dialog) return;

  let timer;
  const keep = (seconds) => localStorage.setItem(ENDS, String(Date.now() + seconds * 1000));
  const wait = () => {
    clearTimeout(timer);
    const left = Number(localStorage.getItem(ENDS)) - Date.now();
    if (left <= 0) return over();
    if (left <= ASK) {
      show(false);
    } else if (dialog.open) {
      dialog.close();
    }
    timer = setTimeout(wait, left > ASK ? left - ASK : left);
  };
  const stay = async () => {
    try {
      const answer = await fetch("/stay", { method: "POST", headers: { "x-kaodian": "1" } });
      if (answer.status === 401) return show(true);
      if (!answer.ok) throw new Error(String(answer.status));
      by("ending-failed").hidden = true;
      keep(Number(dialog.dataset.whole));
      wait();
    } catch {
      by("ending-failed").hidden = false;
    }
  };
  try {
    keep(Number(dialog.dataset.left));
  } catch {
    // Without a store nothing is announced; a form that comes too late is kept all the same.
    return;
  }
  by("ending-stay").addEventListener("click", stay);
  by("ending-later").addEventListener("click", () => dialog.close());
  addEventListener("storage", (event) => event.key === ENDS && wait());
  wait();
})();
