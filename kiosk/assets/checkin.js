"use strict";

const ID_LENGTH = 18;
// A scanner types faster than any person: characters further apart than this belong to another text.
const SCANNER_PAUSE_MS = 100;
// Without a touch for so long the screen asks whether somebody is still there …
const QUIET_SECONDS = 45;
// … and goes back to the first screen after so many more.
const WARNING_SECONDS = 15;
const COUNTDOWN_SECONDS = 3;
// The countdown begins with the first live picture, or without one after so long.
const MIRROR_PATIENCE_MS = 1500;
const MIRROR_PAUSE_MS = 200;
const SCAN_PAUSE_MS = 300;

const get = (id) => document.getElementById(id);
const screens = document.querySelectorAll(".screen");
const idle = get("idle");
const result = get("result");
const typedOutput = get("typed");
const send = get("send");
const steps = get("steps");
const reveal = get("reveal");
const contrast = get("contrast");
const helpSaid = get("help-said");
const stillThere = get("still-there");
let shown = "idle";
let typed = "";
let open = false;
let scanned = "";
let lastKey = 0;
let busy = false;
let scanning = false;
let quiet = 0;
let watched = "";

function show(id, focus = true) {
  shown = id;
  watched = "";
  for (const screen of screens) {
    screen.hidden = screen.id !== id;
  }
  type("");
  hide(true);
  scanned = "";
  quiet = 0;
  if (id !== "result") {
    result.textContent = "";
  }
  step(get(id).dataset.step);
  if (stillThere.open) {
    stillThere.close();
  }
  const heading = get(id).querySelector("h1");
  if (heading && focus) {
    heading.focus();
  }
}

// The next person finds the screen as it was in the morning: in Chinese, with ordinary contrast.
function start() {
  setContrast(false);
  if (kiosk.lang === "zh") {
    show("idle");
  } else {
    location.assign("/");
  }
}

function step(number) {
  steps.hidden = !number;
  [...steps.children].forEach((item, at) => {
    const current = at + 1 === Number(number);
    item.classList.toggle("done", at + 1 < Number(number));
    if (current) {
      item.setAttribute("aria-current", "step");
    } else {
      item.removeAttribute("aria-current");
    }
  });
}

// Groups of 6, 8 and 4 characters, as on the card. Whoever stands behind sees the last one alone.
function type(text) {
  typed = text.slice(0, ID_LENGTH);
  const last = typed.length - 1;
  const seen = open ? typed : [...typed].map((key, at) => (at === last && at < ID_LENGTH - 1 ? key : "*")).join("");
  const groups = [seen.slice(0, 6), seen.slice(6, 14), seen.slice(14)];
  typedOutput.textContent = groups.filter((group) => group !== "").join(" ");
  send.disabled = typed.length !== ID_LENGTH;
}

function hide(hidden) {
  open = !hidden;
  reveal.setAttribute("aria-pressed", String(open));
  reveal.textContent = open ? reveal.dataset.hide : reveal.dataset.showWord;
  type(typed);
}

function setContrast(on) {
  document.documentElement.dataset.contrast = on ? "more" : "";
  contrast.setAttribute("aria-pressed", String(on));
  sessionStorage.setItem("contrast", on ? "more" : "");
}

function setHelp(asked) {
  helpSaid.textContent = asked ? helpSaid.dataset.coming : "";
}

// What came back stands on the last screen.
function showResult(html) {
  show("result", false);
  result.innerHTML = html;
  settleResult();
  const heading = result.querySelector("h1");
  if (heading) {
    heading.focus();
  }
}

function settleResult() {
  const stepped = result.querySelector("[data-step]");
  step(stepped ? stepped.dataset.step : "");
  const watch = result.querySelector("[data-watch]");
  watched = watch ? watch.dataset.watch : "";
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
  if (answer.ok) {
    showResult(answer.text);
    return;
  }
  show("result", false);
  const words = document.createElement("h1");
  words.tabIndex = -1;
  words.textContent = kiosk.problem(answer.text);
  result.replaceChildren(words);
  words.focus();
}

// Looks for a ticket held before the camera, for as long as its screen is open.
async function scan() {
  if (scanning) {
    return;
  }
  scanning = true;
  while (shown === "qr") {
    const answer = busy ? { ok: true, text: "" } : await kiosk.post("/part/scan?lang=" + kiosk.lang, {});
    if (shown === "qr" && !busy && answer.ok && answer.text) {
      showResult(answer.text);
    }
    await new Promise((resolve) => setTimeout(resolve, SCAN_PAUSE_MS));
  }
  scanning = false;
}

// What the camera sees, for as long as its screen is open. Answers once a picture is there, or when it takes too long.
function openMirror(ticket) {
  const mirror = get("mirror");
  const url = "/preview?ticket=" + encodeURIComponent(ticket) + "&at=";
  const next = (pause) => setTimeout(() => shown === "camera" && (mirror.src = url + Date.now()), pause);
  mirror.hidden = true;
  return new Promise((resolve) => {
    mirror.onload = () => {
      mirror.hidden = false;
      resolve();
      next(MIRROR_PAUSE_MS);
    };
    mirror.onerror = () => next(MIRROR_PAUSE_MS);
    next(0);
    setTimeout(resolve, MIRROR_PATIENCE_MS);
  });
}

function closeMirror() {
  const mirror = get("mirror");
  mirror.onload = null;
  mirror.onerror = null;
  mirror.removeAttribute("src");
  mirror.hidden = true;
}

async function photograph(ticket) {
  if (busy) {
    return;
  }
  busy = true;
  show("camera");
  await openMirror(ticket);
  for (let left = COUNTDOWN_SECONDS; left > 0; left -= 1) {
    get("countdown").textContent = String(left);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  get("countdown").textContent = "";
  busy = false;
  await ask("/part/photo", { ticket });
  closeMirror();
}

const progress = (ticket) => "/part/progress?lang=" + kiosk.lang + "&ticket=" + encodeURIComponent(ticket);

async function showProgress(ticket) {
  try {
    const response = await fetch(progress(ticket));
    showResult(await response.text());
  } catch {
    show("idle");
  }
}

function pressed(key) {
  if (key === "back") {
    type(typed.slice(0, -1));
  } else if (key !== "X" || typed.length === ID_LENGTH - 1) {
    type(typed + key);
  }
}

document.addEventListener("click", async (event) => {
  quiet = 0;
  const button = event.target.closest("button");
  if (!button || busy) {
    return;
  }
  const data = button.dataset;
  if (data.show) {
    show(data.show);
    if (data.show === "qr") {
      scan();
    }
  } else if (data.key) {
    pressed(data.key);
  } else if (button === send) {
    ask("/part/check-in", { id_number: typed });
  } else if (data.card !== undefined) {
    ask("/part/check-in", { card: true });
  } else if (data.photo) {
    photograph(data.photo);
  } else if (data.progress) {
    showProgress(data.progress);
  } else if (button === reveal) {
    hide(open);
  } else if (button === contrast) {
    setContrast(contrast.getAttribute("aria-pressed") !== "true");
  } else if (button.id === "call-staff") {
    const answer = await kiosk.post("/api/help", { wanted: true });
    setHelp(answer.ok);
  } else if (button.id === "still-yes") {
    stillThere.close();
  } else if (button.id === "still-no") {
    start();
  }
});

// Scanners type like a keyboard and end with Enter; the same keys also serve whoever types the number on one.
document.addEventListener("keydown", (event) => {
  quiet = 0;
  if (event.ctrlKey || event.altKey || event.metaKey || stillThere.open) {
    return;
  }
  const now = event.timeStamp;
  if (now - lastKey > SCANNER_PAUSE_MS) {
    scanned = "";
  }
  lastKey = now;
  const onPad = shown === "number";
  if (event.key === "Enter" && scanned.length >= 8) {
    event.preventDefault();
    ask("/part/check-in", { ticket_qr: scanned });
    scanned = "";
  } else if (event.key === "Enter" && onPad && !send.disabled && !event.target.closest("button")) {
    event.preventDefault();
    ask("/part/check-in", { id_number: typed });
  } else if (event.key.length === 1) {
    scanned += event.key;
    if (onPad && /^[0-9xX]$/.test(event.key)) {
      pressed(event.key.toUpperCase());
    }
  } else if (event.key === "Backspace" && onPad) {
    pressed("back");
  } else if (event.key === "Escape" && shown !== "idle") {
    show("idle");
  }
});

// Once a second: who has gone away leaves nothing on the screen.
setInterval(() => {
  if (shown === "idle" || busy) {
    quiet = 0;
    return;
  }
  quiet += 1;
  const returns = result.querySelector("[data-return]");
  if (shown === "result" && returns) {
    const left = Number(returns.dataset.return) - quiet;
    returns.querySelector("b").textContent = String(Math.max(left, 0));
    if (left <= 0) {
      start();
    }
    return;
  }
  const left = QUIET_SECONDS + WARNING_SECONDS - quiet;
  if (left <= 0) {
    start();
  } else if (left <= WARNING_SECONDS) {
    get("still-seconds").textContent = String(left);
    if (!stillThere.open) {
      stillThere.showModal();
    }
  }
}, 1000);

// The first screen follows what happens: the data of the day arrive, the disk is full, staff have come.
kiosk.renew(
  idle,
  () => (shown === "idle" ? "/part/idle?lang=" + kiosk.lang : ""),
  2000,
  () => {},
  () => setHelp(idle.querySelector("[data-help]") !== null),
);

// The last screen tells the queue number as soon as staff have compared.
kiosk.renew(
  result,
  () => (shown === "result" && watched ? progress(watched) : ""),
  1500,
  () => {},
  () => {
    const before = watched;
    settleResult();
    if (watched !== before) {
      quiet = 0;
    }
  },
);

setContrast(sessionStorage.getItem("contrast") === "more");
setHelp(idle.querySelector("[data-help]") !== null);
show("idle", false);
