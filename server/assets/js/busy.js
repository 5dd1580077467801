// A form whose answer takes longer than a moment says that it is being worked on. Sent twice it does its work once all the
// same: the server knows it by its key.
"use strict";
(() => {
  const MOMENT = 800;
  const bar = document.getElementById("working");
  let timer;
  const rest = () => {
    clearTimeout(timer);
    bar.hidden = true;
  };
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    clearTimeout(timer);
    timer = setTimeout(() => { bar.hidden = false; }, MOMENT);
  });
  // The browser gives up on Escape, and keeps the page for the way back.
  addEventListener("keydown", (event) => event.key === "Escape" && rest());
  addEventListener("pageshow", rest);
})();
