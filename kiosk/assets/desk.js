"use strict";

const staff = document.getElementById("staff");
const place = document.getElementById("window");
const blank = document.getElementById("blank");
const message = document.getElementById("message");
let chosen = "";

// Remembered on this machine only, so that a shift need not type it again after a reload.
for (const field of [staff, place]) {
  field.value = sessionStorage.getItem(field.id) || field.value;
  field.addEventListener("change", () => sessionStorage.setItem(field.id, field.value));
}

function say(text, bad) {
  message.textContent = text;
  message.classList.toggle("bad", bad);
  message.hidden = text === "";
}

const renew = kiosk.renew(
  document.getElementById("desk"),
  () => "/part/desk?lang=" + kiosk.lang + "&ticket=" + encodeURIComponent(chosen),
  1000,
  (answered) => {
    if (!answered) {
      say(document.body.dataset.offline, true);
    } else if (message.textContent === document.body.dataset.offline) {
      say("", false);
    }
  },
);

async function act(button, path, body) {
  button.disabled = true;
  const answer = await kiosk.post(path, body);
  button.disabled = false;
  say(answer.ok ? "" : kiosk.problem(answer.text), !answer.ok);
  await renew();
  return answer.ok;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) {
    return;
  }
  const data = button.dataset;
  if (data.pick) {
    chosen = data.pick;
    await renew();
  } else if (data.compare) {
    const body = { ticket: data.ticket, verdict: data.compare, staff: staff.value.trim() };
    if (await act(button, "/api/compare", body)) {
      chosen = "";
    } else {
      staff.focus();
    }
  } else if (data.call !== undefined) {
    await act(button, "/api/call", { window: place.value });
  } else if (data.recall) {
    await act(button, "/api/recall", { ticket: data.recall, window: place.value });
  } else if (data.print) {
    const body = { certificate: data.print, blank: blank.value, reprint: data.reprint !== undefined };
    if (await act(button, "/api/print", body)) {
      blank.value = "";
    }
    blank.focus();
  } else if (data.post) {
    await act(button, data.post, JSON.parse(data.body));
  }
});
