// What pages can do better with a script; without it they work as well: a board keeps itself up to date, a menu closes,
// a login that ends is announced in time.
"use strict";
(() => {
  const by = (id) => document.getElementById(id);

  // Whether somebody has typed or chosen something that is not sent yet.
  const typed = () =>
    [...document.forms].some((form) => form.method === "post" && [...form.elements].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.matches?.("input:not([type=hidden]), textarea") && field.value !== field.defaultValue));

  // The login ends: two minutes before, whoever is there is asked; a second page of the same browser may have renewed it.
  const ending = (() => {
    const dialog = by("ending");
    if (!dialog) return { over: () => location.reload() };
    const ENDS = "kaodian-ends";
    const ask = 120_000;
    let timer;
    const keep = (seconds) => localStorage.setItem(ENDS, String(Date.now() + seconds * 1000));
    const left = () => Number(localStorage.getItem(ENDS)) - Date.now();
    const show = (over) => {
      by("ending-what").hidden = over;
      by("ending-stay").hidden = over;
      by("ending-over").hidden = !over;
      dialog.setAttribute("aria-describedby", over ? "ending-over" : "ending-what");
      if (!dialog.open) dialog.showModal();
    };
    const over = () => (typed() ? show(true) : location.reload());
    const wait = () => {
      clearTimeout(timer);
      const rest = left();
      if (rest <= 0) return over();
      if (rest > ask) {
        if (dialog.open) dialog.close();
        timer = setTimeout(wait, rest - ask);
      } else {
        show(false);
        timer = setTimeout(wait, rest);
      }
    };
    const stay = async () => {
      try {
        const answer = await fetch("/stay", { method: "POST", headers: { "x-kaodian": "1" } });
        if (answer.status === 401) return show(true);
        if (!answer.ok) throw new Error(String(answer.status));
        by("ending-failed").hidden = true;
        keep(Number(dialog.dataset.whole));
        dialog.close();
        wait();
      } catch {
        by("ending-failed").hidden = false;
      }
    };
    try {
      keep(Number(dialog.dataset.left));
    } catch {
      return { over };
    }
    by("ending-stay").addEventListener("click", stay);
    by("ending-later").addEventListener("click", () => dialog.close());
    addEventListener("storage", (event) => event.key === ENDS && wait());
    wait();
    return { over };
  })();

  // A menu closes when something else is done.
  addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A board fetches the part of the page that changes and puts it in place.
  const board = by("board");
  const seconds = Number(board?.dataset.refresh);
  if (!board || !seconds) return;
  const said = by("said");
  const stale = by("stale");
  const summary = () => board.querySelector("[data-summary]")?.textContent ?? "";

  const focused = () => {
    const active = document.activeElement;
    return active && board.contains(active) ? active.getAttribute("href") : null;
  };

  const replace = (html) => {
    const before = summary();
    const href = focused();
    const part = new DOMParser().parseFromString(html, "text/html");
    board.replaceChildren(...part.body.childNodes);
    if (href) board.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
    if (said && summary() !== before) said.textContent = summary();
  };

  const refresh = async () => {
    if (document.hidden) return;
    try {
      const headers = { "x-kaodian-fragment": "1", accept: "text/html" };
      const answer = await fetch(location.href, { headers, cache: "no-store" });
      // The login has ended: the page itself leads to it and back again.
      if (answer.status === 401) return ending.over();
      if (!answer.ok) throw new Error(String(answer.status));
      replace(await answer.text());
      if (stale) stale.hidden = true;
    } catch {
      if (stale) stale.hidden = false;
    }
  };

  // The server says when something was written; what only time changes, and a server that says nothing, are looked after
  // by the clock. A page that nobody sees holds no line, since a browser has few of them.
  const live = { pause: Number(board.dataset.live), idle: Number(board.dataset.idle ?? seconds), line: null, open: false };
  let last = Date.now();
  const listen = () => {
    if (!live.pause || document.hidden || live.line) return;
    live.line = new EventSource(`/live?every=${live.pause}`);
    live.line.addEventListener("written", () => {
      last = Date.now();
      refresh();
    });
    live.line.onopen = () => { live.open = true; };
    live.line.onerror = () => { live.open = false; };
  };
  const hang = () => {
    live.line?.close();
    live.line = null;
    live.open = false;
  };
  setInterval(() => {
    if (Date.now() - last < (live.open ? live.idle : seconds) * 1000 - 500) return;
    last = Date.now();
    refresh();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return hang();
    listen();
    refresh();
  });
  addEventListener("pagehide", hang);
  listen();
})();
