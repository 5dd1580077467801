// The paper on the screen: questions, answers, marks, time and the end of it. It is the same at the seat and for
// practising; where answers go and what comes of them is the line's, which the page loads after this (see `use` below).
"use strict";
globalThis.seat = (() => {
  const root = document.getElementById("seat");
  const VIEW = "kaodian-seat-view";
  const el = (id) => document.getElementById(`seat-${id}`);
  const words = {};
  for (const item of el("words").children) words[item.dataset.id] = item.textContent;
  const say = (id, values = {}) => words[id].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const make = (tag, set = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(set)) {
      if (name in made && name !== "list") made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };
  const icon = (name) => {
    const base = document.querySelector("#seat-error use").getAttribute("href").split("#")[0];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${base}#i-${name}`);
    svg.append(use);
    return svg;
  };
  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  };
  const keep = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // A full or forbidden store takes nothing away from what is in memory.
    }
  };

  // What is sat: the paper, the answers that stand, the marks, and what the line keeps beside them.
  let sitting = null;
  let line = null;
  let at = 1;
  let over = false;
  let clock = { server: Date.now(), here: performance.now() };
  const view = { big: false, contrast: document.documentElement.dataset.contrast === "more", list: false, ...read(VIEW) };
  const setClock = (server) => {
    clock = { server, here: performance.now() };
    if (sitting) sitting.offset = server - Date.now();
  };
  const now = () => clock.server + performance.now() - clock.here;

  const show = (screen) => {
    root.dataset.screen = screen;
    document.body.dataset.screen = screen;
    for (const part of root.querySelectorAll("[data-show]")) part.hidden = part.dataset.show !== screen;
  };
  const banner = (id, text) => {
    const box = el(id);
    box.hidden = !text;
    if (text) box.querySelector("span").textContent = text;
  };
  const saidOf = (problem) => (lang === "zh" ? problem.title : problem.title_en);

  // Asks the API; what it refuses is thrown with its problem document.
  const call = async (method, path, body, headers = {}) => {
    const said = { accept: "application/json", ...headers, ...(body ? { "content-type": "application/json" } : {}) };
    const answer = await fetch(`/api/v1/${path}`, {
      method, headers: said, body: body && JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout(8000),
    });
    const told = await answer.json();
    if (answer.ok) return told;
    throw Object.assign(new Error(told.code), { problem: told });
  };
  const dataUrl = (blob) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = failed;
    reader.readAsDataURL(blob);
  });

  // Opens the paper of a sitting at the question where it was left.
  const openPaper = (one) => {
    sitting = one;
    over = false;
    warned.clear();
    for (const id of ["warn", "warned"]) banner(id, "");
    show("paper");
    at = Math.min(sitting.at ?? 1, items().length);
    render();
    tick();
  };

  // Questions.
  const letters = "ABCDEFGH";
  const items = () => sitting.paper.items;
  const chosen = (position) => sitting.answers[position] ?? "";
  const option = (item, text, index, right) => {
    const letter = letters[index];
    const input = make("input", {
      type: item.kind === "multiple" ? "checkbox" : "radio", name: `q${item.position}`, value: letter,
      checked: chosen(item.position).includes(letter), disabled: right !== null,
    });
    input.addEventListener("change", () => choose(item.position, letter, input.checked));
    const label = make("label", { className: "seat-option" }, input,
      make("span", { className: "seat-letter" }, letter), make("span", {}, text));
    const good = right?.includes(letter);
    if (good || (right !== null && input.checked)) {
      label.classList.add(good ? "is-right" : "is-wrong");
      label.append(make("b", { className: "seat-judged" }, icon(good ? "check" : "cross"), say(good ? "right" : "wrong")));
    }
    return label;
  };
  const question = (item) => {
    const multiple = item.kind === "multiple";
    // The right letters, where they are told already.
    const right = line.right?.(item) ?? null;
    const title = make("legend", {},
      make("span", { className: "seat-kind" }, say(`kind-${item.kind.replace("_", "-")}`)),
      make("span", { className: "seat-title" }, `${item.position}. ${item.title}`));
    const marked = sitting.marked.includes(item.position);
    const mark = make("button", { type: "button", className: "button", "aria-pressed": String(marked) },
      say(marked ? "unmark" : "mark"));
    mark.dataset.mark = item.position;
    mark.addEventListener("click", () => toggleMark(item.position));
    const fields = make("fieldset", {}, title,
      make("p", { className: "hint" }, say(multiple ? "hint-multiple" : "hint-single")),
      ...item.choices.map((text, index) => option(item, text, index, right)));
    const box = make("article", { className: "card seat-question", id: `seat-q${item.position}`, tabIndex: -1 },
      make("p", { className: "seat-where num" }, say("question", { n: item.position, of: items().length })), fields);
    const foot = make("div", { className: "seat-foot" });
    if (!view.list) {
      const step = (id, by, off) => {
        const button = make("button", { type: "button", className: "button", disabled: off }, say(id));
        button.addEventListener("click", () => go(at + by));
        return button;
      };
      foot.append(step("previous", -1, at === 1), mark, step("next", 1, at === items().length));
    } else foot.append(mark);
    box.append(...(line.judged?.(item) ?? []), foot, ...(line.under?.(item) ?? []));
    return box;
  };
  const render = () => {
    document.documentElement.dataset.type = view.big ? "big" : "";
    document.documentElement.dataset.contrast = view.contrast ? "more" : "";
    for (const name of ["big", "contrast", "list"]) el(name).setAttribute("aria-pressed", String(view[name]));
    const shown = view.list ? items() : items().filter((item) => item.position === at);
    el("questions").replaceChildren(...shown.map(question));
    palette();
    standing();
  };
  // Shows one question anew, where it is on the screen.
  const renew = (position) => {
    document.getElementById(`seat-q${position}`)?.replaceWith(question(items()[position - 1]));
    palette();
  };
  const palette = () => {
    const active = document.activeElement?.dataset?.go;
    const cells = items().map((item) => {
      const { position } = item;
      const answered = chosen(position) !== "";
      const marked = sitting.marked.includes(position);
      const right = line.right?.(item) ?? null;
      const judged = right === null ? "" : chosen(position) === right ? "right" : "wrong";
      const states = [say(judged || (answered ? "answered" : "open")), ...(marked ? [say("marked")] : [])];
      const button = make("button", {
        type: "button",
        className: `seat-key num${answered ? " is-answered" : ""}${marked ? " is-marked" : ""}${judged && ` is-${judged}`}`,
        "aria-label": `${position} ${states.join(" ")}`,
      }, String(position));
      button.dataset.go = position;
      if (position === at) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => go(position));
      return make("li", {}, button);
    });
    el("palette").replaceChildren(...cells);
    if (active) el("palette").querySelector(`[data-go="${active}"]`)?.focus();
    const done = items().filter(({ position }) => chosen(position) !== "").length;
    el("count").textContent = line.count?.() ??
      `${say("answered")} ${done} · ${say("open")} ${items().length - done} · ${say("marked")} ${sitting.marked.length}`;
  };
  const go = (position) => {
    if (position < 1 || position > items().length) return;
    at = position;
    sitting.at = at;
    line.store();
    if (!view.list) render();
    else palette();
    const box = document.getElementById(`seat-q${at}`);
    box?.scrollIntoView({ block: "nearest" });
    box?.focus({ preventScroll: true });
  };
  const toggleMark = (position) => {
    const there = sitting.marked.includes(position);
    sitting.marked = there ? sitting.marked.filter((p) => p !== position) : [...sitting.marked, position].sort((a, b) => a - b);
    const button = root.querySelector(`[data-mark="${position}"]`);
    if (button) {
      button.textContent = say(there ? "mark" : "unmark");
      button.setAttribute("aria-pressed", String(!there));
    }
    palette();
    line.store();
  };
  const choose = (position, letter, on) => {
    const item = items()[position - 1];
    if (over || sitting.halted || now() >= (sitting.deadline ?? Infinity) || (line.right?.(item) ?? null) !== null) return;
    const before = item.kind === "multiple" ? [...chosen(position)].filter((l) => l !== letter) : [];
    const choice = (on ? [...before, letter] : before).sort().join("");
    sitting.answers[position] = choice;
    at = position;
    sitting.at = at;
    line.chosen(position, choice);
    palette();
    standing();
  };

  // How the answers stand with the line: a word, and how many wait.
  const standing = () => {
    const box = el("line");
    const [state, waits] = line.standing?.() ?? [];
    box.hidden = !state;
    if (!state) return;
    const text = say(state, { n: waits });
    if (box.dataset.state === state && box.textContent === text) return;
    box.dataset.state = state;
    box.replaceChildren(icon(state === "saved" ? "check" : state === "saving" ? "clock" : "alert"), make("span", {}, text));
  };

  // The end: an icon, a title, texts, and what the one button says.
  const end = ({ sign = "sheet", title, text = "", next = "", again }) => {
    over = true;
    if (el("sure").open) el("sure").close();
    el("end-icon").replaceChildren(icon(sign));
    el("end-title").textContent = title;
    el("end-text").textContent = text;
    el("end-next").textContent = next;
    el("end-again").textContent = again;
    el("end-score").textContent = "";
    el("end-missed-box").hidden = true;
    show("end");
    el("end-title").focus();
  };
  // The score, where it is told at once, and what was missed.
  const score = (told, most = 8) => {
    el("end-score").textContent = say(told.passed ? "score-passed" : "score-failed", { n: told.points, of: told.total });
    el("end-score").dataset.tone = told.passed ? "good" : "bad";
    const lines = told.missed.slice(0, most).map((one) => make("li", {}, `${one.subject} ${one.missed} / ${one.of}`));
    el("end-missed").replaceChildren(...lines);
    el("end-missed-box").hidden = lines.length === 0;
  };

  // Handing in.
  const ask = () => {
    const open = items().filter(({ position }) => chosen(position) === "");
    el("sure-text").textContent = [
      sitting.marked.length ? say("sure-marked", { n: sitting.marked.length }) : "",
      open.length ? say("sure-open", { n: open.length }) : say("sure-all", { n: items().length }),
    ].join(" ");
    const jumps = open.map(({ position }) => {
      const button = make("button", { type: "button", className: "seat-key num", "aria-label": say("jump", { n: position }) }, String(position));
      button.addEventListener("click", () => {
        el("sure").close();
        go(position);
      });
      return make("li", {}, button);
    });
    el("sure-open").replaceChildren(...jumps);
    el("sure-open").hidden = jumps.length === 0;
    banner("sure-error", "");
    el("sure").showModal();
    el("sure-back").focus();
  };
  const handIn = async () => {
    const why = await line.handIn();
    if (why) banner("sure-error", why);
  };

  // Time.
  const warned = new Set();
  const tick = () => {
    if (!sitting?.deadline || over || sitting.halted || root.dataset.screen !== "paper") return;
    const left = Math.max(0, Math.ceil((sitting.deadline - now()) / 1000));
    const pad = (n) => String(n).padStart(2, "0");
    el("clock").textContent = left >= 3600
      ? `${Math.floor(left / 3600)}:${pad(Math.floor(left / 60) % 60)}:${pad(left % 60)}`
      : `${pad(Math.floor(left / 60))}:${pad(left % 60)}`;
    el("clock").dataset.tone = left <= 300 ? "bad" : left <= 900 ? "warn" : "";
    for (const minutes of [5, 15]) {
      if (left <= minutes * 60 && left > 0 && !warned.has(minutes)) {
        [5, 15].filter((m) => m >= minutes).forEach((m) => warned.add(m));
        banner("warn", left > (minutes - 1) * 60 ? say(`warn-${minutes}`) : say("minutes", { n: Math.ceil(left / 60) }));
        break;
      }
    }
    if (left === 0) {
      banner("warn", say("time-up-wait"));
      for (const input of root.querySelectorAll(".seat-option input")) input.disabled = true;
      line.timeUp();
    }
  };

  // Buttons and keys.
  for (const name of ["big", "contrast", "list"]) {
    el(name).addEventListener("click", () => {
      view[name] = !view[name];
      keep(VIEW, view);
      render();
    });
  }
  el("hand-in").addEventListener("click", () => (line.leave ?? ask)());
  el("sure-back").addEventListener("click", () => el("sure").close());
  el("sure-go").addEventListener("click", handIn);
  el("end-again").addEventListener("click", () => line.again());
  document.addEventListener("keydown", (event) => {
    if (root.dataset.screen !== "paper" || root.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const item = items()[at - 1];
    const key = event.key.toUpperCase();
    const index = /^[1-8]$/.test(key) ? Number(key) - 1 : key.length === 1 ? letters.indexOf(key) : -1;
    if (event.key === "ArrowLeft") go(at - 1);
    else if (event.key === "ArrowRight") go(at + 1);
    else if (key === "M") toggleMark(at);
    else if (index >= 0 && index < item.choices.length) {
      const input = root.querySelectorAll(`input[name="q${at}"]`)[index];
      if (!input || input.disabled) return;
      input.checked = item.kind === "multiple" ? !input.checked : true;
      choose(at, letters[index], input.checked);
    } else return;
    event.preventDefault();
  });
  setInterval(tick, 500);

  return {
    banner, call, chosen, dataUrl, el, end, go, icon, items, keep, lang, make, now, openPaper, palette, read, render, renew, root,
    say, saidOf, score, setClock, show, standing,
    forgetClock: (offset) => { clock = { server: Date.now() + offset, here: performance.now() }; },
    get sitting() { return sitting; },
    set sitting(one) { sitting = one; },
    get over() { return over; },
    set over(is) { over = is; },
    // The line: `store` keeps the sitting on this machine, `chosen` takes an answer, `handIn` answers why not, `timeUp` is
    // told twice a second from the end on, `again` follows the end. It may judge: `right` answers the letters that are,
    // `judged` what is said of it; `under` adds to a question, `leave` stands in for handing in, `count` says how it goes,
    // `standing` how the answers stand, `picture` gets one, `aloud` says whether questions can be heard, `sound` gets a text
    // by its SHA-256.
    use: (given) => { line = given; },
    picture: (item) => line.picture?.(item),
    aloud: () => line.aloud?.() ?? false,
    sound: (name) => line.sound(name),
  };
})();
