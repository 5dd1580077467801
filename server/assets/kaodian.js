// Keeps a board up to date: fetches the part of the page that changes and puts it in place. Without this script the
// page works as well; it is then renewed by hand.
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
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      replace(await answer.text());
      if (stale) stale.hidden = true;
    } catch {
      if (stale) stale.hidden = false;
    }
  };

  setInterval(refresh, seconds * 1000);
  document.addEventListener("visibilitychange", refresh);
})();
