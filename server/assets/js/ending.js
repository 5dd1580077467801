// The login ends: two minutes before, whoever is there is asked. Once it has ended, what was typed or chosen stays on its
// page, covered, until the same account logs in again; another page of the same browser may have renewed it meanwhile.
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const ASK = 120_000;
  const ENDS = "kaodian-ends";
  const dialog = by("ending");
  const covered = document.documentElement.classList;

  // Whether somebody has typed or chosen something that is not sent yet.
  const typed = () =>
    [...document.forms].some((form) => form.method === "post" && [...form.elements].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.matches?.("input:not([type=hidden]), textarea") && field.value !== field.defaultValue));

  // The page itself leads to the login and back again; what was typed must not be lost by that.
  const over = () => (dialog && (waiting || typed()) ? show(true) : location.reload());
  document.addEventListener("kaodian:ended", () => over());
  if (!dialog) return;

  const { account } = dialog.dataset;
  const keep = (seconds) => localStorage.setItem(ENDS, `${Date.now() + seconds * 1000} ${account}`);
  const ends = () => {
    const [at, of] = (localStorage.getItem(ENDS) ?? "").split(" ");
    return { left: Number(at) - Date.now(), other: Boolean(of) && of !== account };
  };

  const show = (ended) => {
    covered.toggle("is-over", ended);
    by("ending-soon").hidden = ended;
    by("ending-over").hidden = !ended;
    if (ended && !by("ending-password")) {
      by("ending-over").append(by("ending-login").content.cloneNode(true));
      by("ending-over").querySelector("form").addEventListener("submit", enter);
    }
    dialog.setAttribute("aria-labelledby", ended ? "ending-over-title" : "ending-title");
    dialog.setAttribute("aria-describedby", ended ? "ending-over-what" : "ending-what");
    if (!dialog.open) dialog.showModal();
    if (ended) by("ending-password").focus();
  };
  const hide = () => {
    covered.remove("is-over");
    by("ending-failed").hidden = true;
    by("ending-over").replaceChildren();
    if (dialog.open) dialog.close();
  };
  dialog.addEventListener("cancel", (event) => covered.contains("is-over") && event.preventDefault());
  dialog.addEventListener("close", () => covered.contains("is-over") && show(true));

  let timer;
  const wait = () => {
    clearTimeout(timer);
    const { left, other } = ends();
    // What this page shows is not for whoever is logged in now.
    if (other) return location.replace("/");
    if (left <= 0) return over();
    if (left <= ASK) show(false);
    else hide();
    timer = setTimeout(wait, left > ASK ? left - ASK : left);
  };

  /** Whether the login stands; a server that cannot be asked is left to the browser. */
  const renew = async () => {
    const answer = await fetch("/stay", { method: "POST", headers: { "x-kaodian": "1" } });
    if (answer.status === 401) return false;
    if (!answer.ok) throw new Error(String(answer.status));
    keep(Number(dialog.dataset.whole));
    wait();
    return true;
  };
  const stay = () => renew().then((stands) => stands || show(true), () => { by("ending-failed").hidden = false; });

  // A file, and whatever comes after the end, is sent only while the login stands: on the way through the login page a
  // file would be lost.
  let waiting = null;
  const asked = new WeakSet();
  const send = () => {
    if (!waiting) return;
    const { form, button } = waiting;
    waiting = null;
    asked.add(form);
    form.requestSubmit(button);
  };
  const before = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || asked.delete(form)) return;
    if (form.enctype !== "multipart/form-data" && ends().left > 0) return;
    if (dialog.contains(form) || form.matches("[action='/logout']")) return;
    event.preventDefault();
    waiting = { form, button: event.submitter };
    renew().then((stands) => (stands ? send() : show(true)), send);
  };
  const enter = async (event) => {
    event.preventDefault();
    const form = event.target;
    const said = form.querySelector("[role=alert]");
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch("/login", { method: "POST", body, redirect: "manual", headers: { accept: "text/html" } });
      if (answer.type !== "opaqueredirect") {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        said.textContent = page.getElementById("login-error")?.textContent.trim() ?? String(answer.status);
        said.hidden = false;
        return;
      }
      keep(Number(dialog.dataset.whole));
      wait();
      send();
    } catch {
      by("ending-failed").hidden = false;
    }
  };

  try {
    keep(Number(dialog.dataset.left));
  } catch {
    // Without a store nothing is announced; a form that comes too late is kept all the same, but for its file.
    return;
  }
  by("ending-stay").addEventListener("click", stay);
  by("ending-later").addEventListener("click", () => dialog.close());
  addEventListener("storage", (event) => event.key === ENDS && wait());
  addEventListener("submit", before);
  wait();
})();
