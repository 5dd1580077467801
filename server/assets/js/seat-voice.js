// Questions read aloud: the text, then the options in the order of this paper. One text is one sound, which the line gets by
// the text's SHA-256; the next is fetched while one is heard.
"use strict";
(() => {
  const page = globalThis.seat;
  const { make, say } = page;
  const questions = document.getElementById("seat-questions");
  const letters = "ABCDEFGH";
  const sounds = new Map();
  let context = null;
  // What is read now: its position, the box it stands in, and the sound that is heard.
  let reading = null;
  const nameOf = async (text) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const sound = async (text) => {
    const name = await nameOf(text);
    if (!sounds.has(name)) {
      const got = page.sound(name).then((bytes) => context.decodeAudioData(bytes));
      got.catch(() => sounds.delete(name));
      sounds.set(name, got);
    }
    return sounds.get(name);
  };
  const hear = (buffer, turn) => new Promise((heard) => {
    const source = context.createBufferSource();
    turn.source = source;
    source.buffer = buffer;
    source.onended = heard;
    source.connect(context.destination);
    source.start();
  });
  const button = (position) => questions.querySelector(`[data-read="${position}"]`);
  const shows = (position, word, on) => {
    const shown = button(position);
    if (!shown) return;
    shown.textContent = say(word);
    shown.setAttribute("aria-pressed", String(on));
  };
  const stop = () => {
    const before = reading;
    reading = null;
    if (!before) return;
    before.source?.stop();
    shows(before.position, "read", false);
  };
  const read = async (item) => {
    const again = reading?.position === item.position;
    stop();
    if (again) return;
    context ??= new AudioContext();
    context.resume();
    const turn = { position: item.position, box: document.getElementById(`seat-q${item.position}`) };
    reading = turn;
    shows(item.position, "stop", true);
    const texts = [item.title, ...item.choices.flatMap((text, index) => [say("option", { n: letters[index] }), text])];
    try {
      for (const [index, text] of texts.entries()) {
        const next = sound(text);
        if (texts[index + 1]) sound(texts[index + 1]).catch(() => null);
        const buffer = await next;
        if (reading !== turn || page.over || page.sitting?.halted) break;
        await hear(buffer, turn);
      }
      if (reading === turn) stop();
    } catch {
      if (reading !== turn) return;
      reading = null;
      shows(item.position, "read-not", false);
    }
  };
  const itemAt = (position) => page.items().find((item) => item.position === position);
  // A button for every question that is shown; what left the screen is not read on.
  const look = () => {
    if (reading && !reading.box.isConnected) stop();
    if (!page.sitting?.paper || !page.aloud()) return;
    for (const box of questions.querySelectorAll(".seat-question")) {
      if (box.querySelector("[data-read]")) continue;
      const position = Number(box.id.replace("seat-q", ""));
      const made = make("button", { type: "button", className: "button seat-read", "aria-pressed": "false" }, say("read"));
      made.dataset.read = position;
      made.addEventListener("click", () => read(itemAt(position)));
      box.querySelector(".seat-where").append(made);
    }
  };
  new MutationObserver(look).observe(questions, { childList: true });
  new MutationObserver(() => {
    if (page.root.dataset.screen !== "paper") stop();
  }).observe(page.root, { attributes: true, attributeFilter: ["data-screen"] });
  document.addEventListener("keydown", (event) => {
    if (page.root.dataset.screen !== "paper" || page.root.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.toUpperCase() !== "R" || !page.aloud()) return;
    read(itemAt(page.sitting.at));
    event.preventDefault();
  });
})();
