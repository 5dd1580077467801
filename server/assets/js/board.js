// A board fetches the part of the page that changes and puts it in place.
"use strict";
(() => {
  const board = document.getElementById("board");
  const seconds = Number(board?.dataset.refresh);
  if (!board || !seconds) return;
  const said = document.getElementById("said");
  const stale = document.getElementById("stale");
  const summary = () => board.querySelector("[data-summary]")?.textContent ?? "";

  const focused = () => {
    const active = document.activeElement;
    return active && board.contains(active) ? active.getAttribute("href") : null;
  };

  const replace = (html) => {
    const before = summary();
    const href = focused();
    // What was unfolded stays so.
    const open = [...board.querySelectorAll("details[open][id]")].map((details) => details.id);
    const part = new DOMParser().parseFromString(html, "text/html");
    board.replaceChildren(...part.body.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (href) board.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
    if (said && summary() !== before) said.textContent = summary();
  };

  const refresh = async () => {
    if (document.hidden) return;
    try {
      const headers = { "x-kaodian-fragment": "1", accept: "text/html" };
      const answer = await fetch(location.href, { headers, cache: "no-store" });
      // The login has ended: the page itself leads to it and back again.
      if (answer.status === 401) return document.dispatchEvent(new Event("kaodian:ended"));
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
