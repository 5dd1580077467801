// A board fetches the part of the page that changes and puts it in place.
"use strict";
(() => {
  const board = document.getElementById("board");
  const seconds = Number(board?.dataset.refresh);
  if (!board || !seconds) return;
  const said = document.getElementById("said");
  const stale = document.getElementById("stale");
  /** Milliseconds after which an answer is not waited for any longer. */
  const PATIENCE = 15_000;
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

  const fetchPart = async () => {
    try {
      const headers = { "x-kaodian-fragment": "1", accept: "text/html" };
      const answer = await fetch(location.href, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      // The login has ended: the page itself leads to it and back again.
      if (answer.status === 401) return leaving() || document.dispatchEvent(new Event("kaodian:ended"));
      if (!answer.ok) throw new Error(String(answer.status));
      replace(await answer.text());
      if (stale) stale.hidden = true;
      // A line that was refused does not come back by itself.
      if (live.line?.readyState === EventSource.CLOSED) hang();
      listen();
    } catch {
      if (stale) stale.hidden = false;
    }
  };

  // Who leaves the page, by logging out for instance, is on the way: a refusal that comes meanwhile must not lead him
  // elsewhere. What only looks like leaving, a download, is over soon.
  let left = -Infinity;
  const leaving = () => performance.now() - left < PATIENCE;
  addEventListener("beforeunload", () => { left = performance.now(); });

  // One after the other: of two at once the older answer could come last and stay.
  let running = false;
  let again = false;
  const refresh = async () => {
    again = true;
    if (running) return;
    running = true;
    while (again && !document.hidden && !leaving()) {
      again = false;
      await fetchPart();
    }
    running = false;
  };

  // The server says when something was written; what only time changes, and a server that says nothing, are looked after
  // by the clock. A page that nobody sees holds no line, since a browser has few of them.
  const live = { pause: Number(board.dataset.live), idle: Number(board.dataset.idle ?? seconds), line: null, open: false };
  // The newest event that is known here: what was written between reading the page and listening is told at once.
  let newest = board.dataset.newest;
  let last = Date.now();
  const listen = () => {
    if (!live.pause || document.hidden || live.line) return;
    live.line = new EventSource(`/live?every=${live.pause}&after=${newest}`);
    live.line.addEventListener("written", (event) => {
      newest = event.lastEventId;
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
  addEventListener("pageshow", (event) => event.persisted && refresh());
  listen();
})();
