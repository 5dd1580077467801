"use strict";

// Nobody at the desk for so long: the next one signs in himself.
const AWAY_MINUTES = 20;

const get = (id) => document.getElementById(id);
const desk = get("desk");
const place = get("window");
const message = get("message");
const print = get("print");
const printState = get("print-state");
const blank = get("blank");
const settle = get("settle");
const person = get("person");
let staff = sessionStorage.getItem("staff") || "";
let chosen = "";
let tab = "now";
let away = 0;
let hushed = 0;

// Remembered on this machine only, so that a shift need not type it again after a reload.
place.value = sessionStorage.getItem("window") || place.value;
place.addEventListener("change", () => sessionStorage.setItem("window", place.value));

function signedIn(login, name) {
  staff = login;
  sessionStorage.setItem("staff", login);
  sessionStorage.setItem("staff-name", name);
  get("who").textContent = name;
  get("sign-in").hidden = login !== "";
  desk.hidden = login === "";
  for (const part of document.querySelectorAll(".at-desk")) {
    part.hidden = login === "";
  }
}

function say(text, bad) {
  message.textContent = text;
  message.classList.toggle("toast-bad", bad);
  message.hidden = text === "";
  clearTimeout(hushed);
  if (!bad) {
    hushed = setTimeout(() => say("", false), 8000);
  }
}

// A sentence of the page with what it is about filled in.
function sentence(id, values) {
  return (message.dataset[id] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function find() {
  const field = get("find");
  const wanted = field ? field.value.trim().toLowerCase() : "";
  for (const row of document.querySelectorAll("#all-people tr")) {
    row.hidden = !row.dataset.find.toLowerCase().includes(wanted);
  }
}

const renew = kiosk.renew(
  desk,
  () => "/part/desk?lang=" + kiosk.lang + "&tab=" + tab + "&ticket=" + encodeURIComponent(chosen),
  1000,
  (answered) => {
    if (!answered) {
      say(document.body.dataset.offline, true);
    } else if (message.textContent === document.body.dataset.offline) {
      say("", false);
    }
  },
  () => {
    find();
    follow();
  },
);

// While the printer is at work, what holds it up stands in the dialog too.
function follow() {
  if (print.open && print.dataset.busy !== undefined) {
    const says = desk.querySelector(`[data-trouble-of="${CSS.escape(print.dataset.certificate)}"]`);
    printState.textContent = says ? says.textContent : printState.dataset.running;
    printState.classList.toggle("warn", says !== null);
  }
}

const padded = (number) => (number ? String(number).padStart(3, "0") : "");

async function act(button, path, body, said) {
  button.disabled = true;
  const answer = await kiosk.post(path, body);
  button.disabled = false;
  if (answer.ok) {
    const told = JSON.parse(answer.text);
    const values = { name: button.dataset.name, number: padded(told.number), window: told.window };
    say(sentence(said, values), false);
  } else {
    say(kiosk.problem(answer.text), true);
  }
  await renew();
  return answer.ok;
}

function openPrint(data) {
  get("print-name").textContent = data.name;
  get("print-certificate").textContent = data.print;
  get("print-reasons").hidden = data.reprint === undefined;
  print.dataset.certificate = data.print;
  printState.textContent = "";
  printState.className = "state";
  get("print-go").disabled = false;
  blank.value = "";
  const next = get("next-blank");
  get("blank-next").hidden = next === null;
  get("blank-next").textContent = next ? get("blank-next").dataset.words.replace("{next}", next.value) : "";
  print.showModal();
  blank.focus();
}

async function doPrint() {
  const reprint = !get("print-reasons").hidden;
  const body = { certificate: print.dataset.certificate, blank: blank.value, reprint };
  if (reprint) {
    body.reason = get("reason").value;
  }
  get("print-go").disabled = true;
  printState.className = "state";
  printState.textContent = printState.dataset.running;
  print.dataset.busy = "";
  const answer = await kiosk.post("/api/print", body);
  delete print.dataset.busy;
  printState.className = "state";
  const told = answer.ok ? JSON.parse(answer.text) : {};
  const printed = told.outcome === "printed";
  printState.classList.add(printed ? "ok" : "bad");
  if (answer.ok) {
    printState.textContent = printed ? printState.dataset.printed : printState.getAttribute("data-" + told.code.replaceAll("_", "-"));
  } else {
    printState.textContent = kiosk.problem(answer.text);
    get("print-go").disabled = false;
  }
  blank.value = answer.ok ? "" : blank.value;
  await renew();
  get(printed || answer.ok ? "print-close" : "blank").focus();
}

function openSettle(data) {
  get("settle-name").textContent = data.name;
  get("settle-certificate").textContent = data.settle;
  get("settle-state").textContent = "";
  settle.dataset.certificate = data.settle;
  settle.showModal();
}

async function doSettle(cameOut) {
  const body = { certificate: settle.dataset.certificate, came_out: cameOut, staff };
  const answer = await kiosk.post("/api/settle", body);
  if (answer.ok) {
    settle.close();
  } else {
    get("settle-state").textContent = kiosk.problem(answer.text);
  }
  await renew();
}

function openPerson(data) {
  get("person-number").textContent = data.number;
  get("person-name").textContent = data.name;
  get("person-state").textContent = "";
  person.dataset.ticket = data.person;
  person.dataset.name = data.name;
  person.showModal();
}

// What is done to one person in the queue: which fields it needs, and what is said afterwards.
const moves = {
  transfer: [() => ({ place: get("person-place").value }), "moved"],
  priority: [() => ({ reason: get("person-reason").value }), "priority"],
  "come-back": [() => ({}), "back"],
  leave: [() => ({}), "left"],
};

async function doMove(name) {
  const [fields, said] = moves[name];
  const body = { ticket: person.dataset.ticket, staff, ...fields() };
  const answer = await kiosk.post("/api/" + name, body);
  if (answer.ok) {
    person.close();
    say(sentence(said, { name: person.dataset.name }), false);
  } else {
    get("person-state").textContent = kiosk.problem(answer.text);
  }
  await renew();
}

document.addEventListener("click", async (event) => {
  away = 0;
  const button = event.target.closest("button");
  if (!button) {
    return;
  }
  const data = button.dataset;
  if (data.staff) {
    signedIn(data.staff, button.textContent);
  } else if (button.id === "sign-out") {
    signedIn("", "");
  } else if (data.tab) {
    tab = data.tab;
    await renew();
  } else if (data.pick) {
    chosen = data.pick;
    await renew();
  } else if (data.compare) {
    const body = { ticket: data.ticket, verdict: data.compare, staff };
    if (await act(button, "/api/compare", body, data.compare === "same" ? "compared" : "different")) {
      chosen = "";
    }
  } else if (data.call) {
    await act(button, "/api/call", { place: data.call }, "called");
  } else if (data.call !== undefined) {
    await act(button, "/api/call", { window: place.value }, "called");
  } else if (data.person) {
    openPerson(data);
  } else if (data.move) {
    await doMove(data.move);
  } else if (button.id === "person-close") {
    person.close();
  } else if (data.recall) {
    await act(button, "/api/recall", { ticket: data.recall, window: place.value }, "called");
  } else if (data.print) {
    openPrint(data);
  } else if (data.settle) {
    openSettle(data);
  } else if (data.cameOut) {
    await doSettle(data.cameOut === "true");
  } else if (button.id === "print-close") {
    print.close();
  } else if (button.id === "settle-close") {
    settle.close();
  } else if (data.post) {
    const body = JSON.parse(data.body);
    await act(button, data.post, data.signed === undefined ? body : { ...body, staff }, data.said);
  }
});

get("print-form").addEventListener("submit", (event) => {
  event.preventDefault();
  doPrint();
});

const form = get("sign-in-form");
if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signedIn(get("staff").value.trim(), get("staff").value.trim());
  });
}

document.addEventListener("input", find);

document.addEventListener("keydown", (event) => {
  away = 0;
  const pressed = event.key.toLowerCase();
  const key = { 1: "tab-now", 2: "tab-prints", 3: "tab-people", 4: "tab-queues", n: "call-next" }[pressed];
  const button = key ? get(key) : document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
  if (event.altKey && button && !document.querySelector("dialog[open]") && staff) {
    event.preventDefault();
    button.click();
  }
});

setInterval(() => {
  away += 1;
  if (away >= AWAY_MINUTES && staff) {
    signedIn("", "");
  }
}, 60_000);

signedIn(staff, sessionStorage.getItem("staff-name") || "");
