"use strict";

const board = document.getElementById("board");
const noAnswer = document.getElementById("no-answer");
const noSound = document.getElementById("no-sound");
const asOf = document.getElementById("as-of");
// One answer that does not come in time is no news.
const PATIENCE = 6;
let missed = 0;

kiosk.renew(
  board,
  () => "/part/board?lang=" + kiosk.lang,
  500,
  (answered) => {
    missed = answered ? 0 : missed + 1;
    if (missed === PATIENCE) {
      const time = document.getElementById("now");
      asOf.textContent = asOf.dataset.text.replace("{time}", time ? time.textContent : "");
    }
    noAnswer.hidden = missed < PATIENCE;
  },
);

// The voice: this page asks for the call that is to be spoken, plays it, and says when it began and ended. Of several
// pages one plays; by its name it is the same one after a reload.
const me = sessionStorage.getItem("board") || crypto.randomUUID();
sessionStorage.setItem("board", me);
const audio = new Audio();
let current = 0;

function play(call) {
  current = call.id;
  let over = false;
  const ended = async (heard) => {
    if (over || current !== call.id) {
      return;
    }
    over = true;
    await kiosk.post("/api/voice/ended", { board: me, id: call.id, heard });
    current = 0;
  };
  audio.onplaying = () => {
    noSound.hidden = true;
    kiosk.post("/api/voice/playing", { board: me, id: call.id });
  };
  audio.onended = () => ended(true);
  audio.onerror = () => ended(false);
  audio.src = call.sound;
  audio.play().catch((error) => {
    // The browser waits for a touch before it lets a page speak.
    noSound.hidden = error.name !== "NotAllowedError";
    ended(false);
  });
}

async function listen() {
  const answer = await kiosk.post("/api/voice/next", { board: me });
  if (answer.ok && answer.text) {
    const call = JSON.parse(answer.text);
    if (call.id !== current) {
      play(call);
    }
  }
  setTimeout(listen, 400);
}

document.addEventListener("pointerdown", () => {
  noSound.hidden = true;
});
listen();
