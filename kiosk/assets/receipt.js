
// Handing a certificate over: the person signs on the glass with a finger, pen or mouse; for somebody who cannot sign a
// second member of staff says so. And leaving a certificate to another kiosk.
{
  const dialog = get("receive");
  const glass = get("glass");
  const ink = glass.getContext("2d");
  const [signState, twoState] = dialog.querySelectorAll(".state");
  const release = get("release");
  const releaseState = release.querySelector(".state");
  // Enough ink for a name: a touch by accident is none.
  const LEAST = 120;
  let drawn = 0;
  let last = null;

  function clear() {
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, glass.width, glass.height);
    ink.strokeStyle = "#000";
    ink.lineWidth = 5;
    ink.lineCap = "round";
    ink.lineJoin = "round";
    drawn = 0;
    last = null;
    said(signState, "", false);
  }

  function said(element, text, bad) {
    element.textContent = text;
    element.classList.toggle("bad", bad);
  }

  function at(event) {
    const box = glass.getBoundingClientRect();
    return [((event.clientX - box.left) * glass.width) / box.width, ((event.clientY - box.top) * glass.height) / box.height];
  }

  glass.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    glass.setPointerCapture(event.pointerId);
    last = at(event);
  });
  glass.addEventListener("pointermove", (event) => {
    if (!last) {
      return;
    }
    // A fast finger moves several times between two frames.
    for (const step of event.getCoalescedEvents ? event.getCoalescedEvents() : [event]) {
      const to = at(step);
      ink.beginPath();
      ink.moveTo(...last);
      ink.lineTo(...to);
      ink.stroke();
      drawn += Math.hypot(to[0] - last[0], to[1] - last[1]);
      last = to;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    glass.addEventListener(end, () => {
      last = null;
    });
  }

  function show(two) {
    get("receive-sign").hidden = two;
    get("receive-two").hidden = !two;
    said(twoState, "", false);
  }

  function open(data) {
    get("receive-name").textContent = data.name;
    get("receive-certificate").textContent = data.receive;
    dialog.dataset.certificate = data.receive;
    dialog.dataset.name = data.name;
    // Whoever hands it over is not the second one.
    for (const option of get("witness").querySelectorAll("option")) {
      option.hidden = option.value === staff && staff !== "";
    }
    get("witness").value = "";
    clear();
    show(false);
    dialog.showModal();
  }

  async function receive(button, proof, state) {
    button.disabled = true;
    const answer = await kiosk.post("/api/receive", { certificate: dialog.dataset.certificate, staff, ...proof });
    button.disabled = false;
    if (answer.ok) {
      dialog.close();
      say(sentence("received", { name: dialog.dataset.name }), false);
    } else {
      said(state, kiosk.problem(answer.text), true);
    }
    await renew();
  }

  async function leave(button) {
    const to = get("release-to").value;
    button.disabled = true;
    const answer = await kiosk.post("/api/release", { certificate: release.dataset.certificate, to, staff });
    button.disabled = false;
    if (answer.ok) {
      release.close();
      say(sentence("released", { name: release.dataset.name, kiosk: to }), false);
    } else {
      said(releaseState, kiosk.problem(answer.text), true);
    }
    await renew();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) {
      return;
    }
    const data = button.dataset;
    if (data.receive) {
      open(data);
    } else if (data.close) {
      get(data.close).close();
    } else if (button.id === "receive-again") {
      clear();
    } else if (button.id === "receive-done") {
      if (drawn < LEAST) {
        said(signState, signState.dataset.empty, true);
      } else {
        receive(button, { signature: glass.toDataURL("image/png").split(",")[1] }, signState);
      }
    } else if (button.id === "receive-cannot") {
      show(true);
    } else if (button.id === "receive-back") {
      show(false);
    } else if (button.id === "receive-seen") {
      receive(button, { witness: get("witness").value }, twoState);
    } else if (data.release) {
      get("release-name").textContent = data.name;
      get("release-certificate").textContent = data.release;
      release.dataset.certificate = data.release;
      release.dataset.name = data.name;
      said(releaseState, "", false);
      release.showModal();
    } else if (button.id === "release-go") {
      leave(button);
    }
  });
}
