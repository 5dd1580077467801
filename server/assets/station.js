// The examiner's sheet: big steps, the sum, a timer, and a draft on this tablet until the sheet is signed.
"use strict";
(() => {
  const form = document.getElementById("sheet");
  const key = form && `kaodian-sheet:${form.dataset.draft}`;
  const load = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? "null");
    } catch {
      return null;
    }
  };
  const keep = (name, value) => {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // Without a store the sheet still works; it only forgets on a reload.
    }
  };
  if (!form) return;
  const kept = [...form.elements].filter((e) => e.name && !["hidden", "password", "submit"].includes(e.type));
  const draft = load(key);
  for (const field of draft ? kept : []) {
    const value = draft[`${field.name}=${field.type === "radio" ? field.value : ""}`];
    if (value === undefined) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = value;
    else field.value = value;
  }
  const total = document.getElementById("total");
  const sum = () => {
    if (!total) return;
    const points = kept.filter((f) => f.type === "number").map((f) => Number(f.value) || 0);
    total.textContent = String(points.reduce((a, b) => a + b, 0));
  };
  const save = () => {
    const values = {};
    for (const f of kept) {
      values[`${f.name}=${f.type === "radio" ? f.value : ""}`] = ["checkbox", "radio"].includes(f.type) ? f.checked : f.value;
    }
    keep(key, values);
    sum();
  };
  form.addEventListener("input", save);
  for (const button of form.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.for);
      const to = (Number(field.value) || 0) + Number(button.dataset.step);
      field.value = String(Math.min(Number(field.max), Math.max(0, to)));
      save();
    });
  }
  sum();

  const timer = document.getElementById("timer");
  if (!timer) return;
  timer.hidden = false;
  const left = document.getElementById("timer-left");
  const go = document.getElementById("timer-go");
  const begun = `${key}:begun`;
  const tick = () => {
    const at = load(begun);
    const all = Number(form.dataset.minutes) * 60;
    const rest = at ? Math.ceil(all - (Date.now() - at) / 1000) : all;
    const pad = (n) => String(n).padStart(2, "0");
    left.textContent = `${rest < 0 ? "−" : ""}${pad(Math.floor(Math.abs(rest) / 60))}:${pad(Math.abs(rest) % 60)}`;
    left.dataset.tone = rest <= 0 ? "bad" : rest <= 60 ? "warn" : "";
    go.hidden = Boolean(at);
  };
  go.addEventListener("click", () => {
    keep(begun, Date.now());
    tick();
  });
  tick();
  setInterval(tick, 500);
})();
