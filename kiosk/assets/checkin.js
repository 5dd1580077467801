"use strict";

const ID_LENGTH = 18;
// A scanner types faster than any person: characters further apart than this belong to another text.
const SCANNER_PAUSE_MS = 100;
const IDLE_SECONDS = 60;

const screens = document.querySelectorAll(".screen");
const result = document.getElementById("result");
const typedOutput = document.getElementById("typed");
const send = document.getElementById("send");
let typed = "";
let scanned = "";
let lastKey = 0;
let timer = 0;
let busy = false;

function show(id) {
  for (const screen of screens) {
    screen.hidden = screen.id !== id;
  }
  type("");
  scanned = "";
  if (id === "idle") {
    result.textContent = "";
  }
  returnAfter(id === "idle" ? 0 : IDLE_SECONDS);
}

function returnAfter(seconds) {
  clearTimeout(timer);
  if (seconds > 0) {
    timer = setTimeout(() => show("idle"), seconds * 1000);
  }
}

// Groups of 6, 8 and 4 digits, as on the card.
function type(text) {
  typed = text.slice(0, ID_LENGTH);
  const groups = [typed.slice(0, 6), typed.slice(6, 14), typed.slice(14)];
  typedOutput.textContent = groups.filter((group) => group !== "").join(" ");
  send.disabled = typed.length !== ID_LENGTH;
}

async function ask(path, body) {
  if (busy) {
    return;
  }
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  const answer = await kiosk.post(path + "?lang=" + kiosk.lang, body);
  busy = false;
  document.body.removeAttribute("aria-busy");
  show("result");
  if (answer.ok) {
    result.innerHTML = answer.text;
  } else {
    const words = document.createElement("h1");
    words.textContent = kiosk.problem(answer.text);
    result.replaceChildren(words);
  }
  const heading = result.querySelector("h1");
  if (heading) {
    heading.focus();
  }
  const after = result.querySelector("[data-return]");
  returnAfter(after ? Number(after.dataset.return) : 15);
}

function pressed(key) {
  if (key === "back") {
    type(typed.slice(0, -1));
  } else if (key !== "X" || typed.length === ID_LENGTH - 1) {
    type(typed + key);
  }
  returnAfter(IDLE_SECONDS);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) {
    return;
  }
  if (button.dataset.show) {
    show(button.dataset.show);
  } else if (button.dataset.key) {
    pressed(button.dataset.key);
  } else if (button === send) {
    ask("/part/check-in", { id_number: typed });
  } else if (button.dataset.card !== undefined) {
    ask("/part/check-in", { card: true });
  } else if (button.dataset.photo) {
    ask("/part/photo", { ticket: button.dataset.photo });
  }
});

// Scanners type like a keyboard and end with Enter; the same keys also serve whoever types the number on one.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const now = event.timeStamp;
  if (now - lastKey > SCANNER_PAUSE_MS) {
    scanned = "";
  }
  lastKey = now;
  const onPad = !document.getElementById("number").hidden;
  if (event.key === "Enter" && scanned.length >= 8) {
    event.preventDefault();
    ask("/part/check-in", { ticket_qr: scanned });
    scanned = "";
  } else if (event.key === "Enter" && onPad && !send.disabled) {
    event.preventDefault();
    ask("/part/check-in", { id_number: typed });
  } else if (event.key.length === 1) {
    scanned += event.key;
    if (onPad && /^[0-9xX]$/.test(event.key)) {
      pressed(event.key.toUpperCase());
    }
  } else if (event.key === "Backspace" && onPad) {
    pressed("back");
  } else if (event.key === "Escape") {
    show("idle");
  }
});

show("idle");
