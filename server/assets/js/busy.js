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
  // What is downloaded leaves the page where it is: the script fetches it and hands it over when it is whole. A refusal is
  // shown as a page, by sending the form as it is.
  addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !("download" in form.dataset)) return;
    event.preventDefault();
    const answer = await fetch(form.action, { method: "post", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    const name = answer?.headers.get("content-disposition")?.match(/filename="([^"]+)"/)?.[1];
    if (!answer?.ok || !name) return form.submit();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), MOMENT);
    rest();
  });
  // The browser gives up on Escape, and keeps the page for the way back.
  addEventListener("keydown", (event) => event.key === "Escape" && rest());
  addEventListener("pageshow", rest);
})();
