// The examinee's seat. Each answer is kept here first, then sent, one after the other; it is shown as saved only when
// the server has said so. What was not sent survives a reload and a lost line.
"use strict";
(() => {
  const root = document.getElementById("seat");
  if (!root) return;
  const KEY = "sitting";
  const stored = globalThis.seatStore;
  const VIEW = "kaodian-seat-view";
  const PLACE = "kaodian-seat-place";
  // Milliseconds after the end in which answers of before are still sent; the server decides which it takes.
  const LATE = 50000;
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

  // The sitting: what the server said, and what it has not yet been told.
  let sitting = null;
  let at = 1;
  let online = true;
  let busy = false;
  let over = false;
  let clock = { server: Date.now(), here: performance.now() };
  stored.sitting = () => sitting;
  const view = { big: false, contrast: document.documentElement.dataset.contrast === "more", list: false, ...read(VIEW) };
  const store = () => stored.put(KEY, sitting);
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

  window.SafeExamBrowser?.security?.updateKeys?.(() => {});
  const call = async (method, path, body) => {
    const headers = { accept: "application/json" };
    if (sitting) headers.authorization = `Bearer ${sitting.token}`;
    if (body) headers["content-type"] = "application/json";
    // An exam browser tells the page what proves its settings; others have no such object.
    const keys = window.SafeExamBrowser?.security;
    if (keys?.configKey) {
      headers["x-kaodian-browser"] = `${keys.configKey} ${keys.browserExamKey || "-"} ${location.href.split("#")[0]}`;
    }
    const answer = await fetch(`/api/v1/seat/${path}`, {
      method, headers, body: body && JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout(8000),
    });
    const said = await answer.json();
    if (answer.ok) return said;
    throw Object.assign(new Error(said.code), { problem: said });
  };
  const saidOf = (problem) => (lang === "zh" ? problem.title : problem.title_en);

  // Entering and waiting.
  let waiting = null;
  const waits = { "not-checked-in": "wait-admitted", "too-early": "wait-early" };
  const stopWaiting = () => {
    clearTimeout(waiting);
    waiting = null;
  };
  const waitFor = (text, again, milliseconds) => {
    if (root.dataset.screen !== "wait") {
      show("wait");
      el("wait-title").focus();
    }
    el("wait-text").textContent = text;
    clearTimeout(waiting);
    waiting = setTimeout(again, milliseconds);
  };
  const enter = async (order) => {
    sitting = null;
    el("wait-person").hidden = true;
    try {
      const entered = await call("POST", "enter", order);
      stopWaiting();
      await begin(entered);
    } catch (error) {
      const code = error.problem?.code;
      if (waits[code] || (!error.problem && waiting)) {
        waitFor(code ? say(waits[code]) : say("offline-enter"), () => enter(order), 3000);
        return;
      }
      stopWaiting();
      show("enter");
      banner("error", error.problem ? saidOf(error.problem) : say("offline-enter"));
    }
  };

  const begin = async (entered) => {
    const before = await stored.get(KEY);
    const same = before && before.ticket === entered.ticket;
    // What this machine still holds counts only where nothing was saved from elsewhere meanwhile.
    const fresh = same && entered.last_seq <= before.lastSeq + 1;
    sitting = {
      token: entered.token, ticket: entered.ticket, name: entered.name_masked, number: entered.id_masked,
      deadline: entered.deadline, startsAt: entered.starts_at, sealed: entered.paper, paper: null, logKey: entered.log_key,
      lastSeq: entered.last_seq, answers: {}, marked: same ? before.marked : [], at: same ? before.at : 1, queue: [],
      warnings: same ? before.warnings : 0, photo: null,
    };
    over = false;
    setClock(entered.server_time);
    take(entered.answers, entered.last_seq, fresh ? before.queue : []);
    store();
    photo();
    unlock();
  };

  const gone = new Set(["seat-taken-over", "seat-moved", "not-logged-in"]);

  // The paper is here already, sealed; its key is told to all in the same second.
  const unlock = async () => {
    if (!sitting || sitting.paper) return;
    showPerson();
    el("wait-person").hidden = false;
    try {
      const opened = await call("POST", "open", {});
      setClock(opened.server_time);
      sitting.deadline = opened.deadline;
      sitting.paper = await stored.unseal(opened.key, sitting.sealed);
      sitting.sealed = null;
      stopWaiting();
      store();
      openPaper();
    } catch (error) {
      const code = error.problem?.code;
      if (gone.has(code)) return taken(error.problem);
      if (code === "already-ended") return look();
      if (code === "too-early") {
        // Not everybody in the same millisecond; and the server's clock is the one that counts.
        const early = Math.max(sitting.startsAt - now(), 0) + Math.random() * 700;
        waitFor(say("wait-starts", { time: hour(sitting.startsAt) }), unlock, Math.min(early, 5000));
        return;
      }
      const text = code === "room-not-released" ? say("wait-released") : error.problem ? saidOf(error.problem) : say("offline-enter");
      waitFor(text, unlock, 2000);
    }
  };
  const hour = (time) => new Date(time).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

  // What the server has, and on top of it what it has not been told yet.
  const take = (answers, lastSeq, queue) => {
    sitting.answers = {};
    for (const given of answers) sitting.answers[given.position] = given.choice;
    sitting.lastSeq = lastSeq;
    sitting.queue = queue
      .filter((entry) => (sitting.answers[entry.position] ?? "") !== entry.choice)
      .map(({ position, choice, given }) => ({ position, choice, given }));
    for (const entry of sitting.queue) sitting.answers[entry.position] = entry.choice;
  };

  const photo = async () => {
    try {
      const headers = { authorization: `Bearer ${sitting.token}` };
      const answer = await fetch("/api/v1/seat/photo", { headers });
      if (!answer.ok) return;
      const reader = new FileReader();
      reader.onload = () => {
        sitting.photo = reader.result;
        showPerson();
        store();
      };
      reader.readAsDataURL(await answer.blob());
    } catch {
      // The picture is no condition for going on.
    }
  };

  const showPerson = () => {
    el("wait-name").textContent = sitting.name;
    el("wait-id").textContent = `${sitting.number} · ${sitting.ticket}`;
    el("wait-photo").hidden = !sitting.photo;
    if (sitting.photo) el("wait-photo").src = sitting.photo;
    el("name").textContent = sitting.name;
    el("id").textContent = sitting.number;
    el("ticket-no").textContent = sitting.ticket;
    el("photo").hidden = !sitting.photo;
    if (sitting.photo) el("photo").src = sitting.photo;
  };

  const openPaper = () => {
    show("paper");
    showPerson();
    at = Math.min(sitting.at ?? 1, sitting.paper.items.length);
    render();
    tick();
    flush();
    look();
  };

  // Questions.
  const letters = "ABCDEFGH";
  const items = () => sitting.paper.items;
  const chosen = (position) => sitting.answers[position] ?? "";
  const question = (item) => {
    const multiple = item.kind === "multiple";
    const name = `q${item.position}`;
    const title = make("legend", {},
      make("span", { className: "seat-kind" }, say(`kind-${item.kind.replace("_", "-")}`)),
      make("span", { className: "seat-title" }, `${item.position}. ${item.title}`));
    const options = item.choices.map((text, index) => {
      const input = make("input", {
        type: multiple ? "checkbox" : "radio", name, value: letters[index],
        checked: chosen(item.position).includes(letters[index]),
      });
      input.addEventListener("change", () => choose(item.position, letters[index], input.checked));
      return make("label", { className: "seat-option" }, input,
        make("span", { className: "seat-letter" }, letters[index]), make("span", {}, text));
    });
    const marked = sitting.marked.includes(item.position);
    const mark = make("button", { type: "button", className: "button", "aria-pressed": String(marked) },
      say(marked ? "unmark" : "mark"));
    mark.dataset.mark = item.position;
    mark.addEventListener("click", () => toggleMark(item.position));
    const doubt = make("button", { type: "button", className: "quiet" }, say(sitting.doubted?.includes(item.position) ? "doubted" : "doubt"));
    doubt.addEventListener("click", () => askDoubt(item.position));
    const fields = make("fieldset", {}, title,
      make("p", { className: "hint" }, say(multiple ? "hint-multiple" : "hint-single")), ...options);
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
    box.append(foot, doubt);
    return box;
  };
  const render = () => {
    document.documentElement.dataset.type = view.big ? "big" : "";
    document.documentElement.dataset.contrast = view.contrast ? "more" : "";
    for (const name of ["big", "contrast", "list"]) el(name).setAttribute("aria-pressed", String(view[name]));
    const shown = view.list ? items() : items().filter((item) => item.position === at);
    el("questions").replaceChildren(...shown.map(question));
    palette();
    line();
  };
  const palette = () => {
    const active = document.activeElement?.dataset?.go;
    const cells = items().map(({ position }) => {
      const answered = chosen(position) !== "";
      const marked = sitting.marked.includes(position);
      const states = [say(answered ? "answered" : "open"), ...(marked ? [say("marked")] : [])];
      const button = make("button", {
        type: "button",
        className: `seat-key num${answered ? " is-answered" : ""}${marked ? " is-marked" : ""}`,
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
    el("count").textContent =
      `${say("answered")} ${done} · ${say("open")} ${items().length - done} · ${say("marked")} ${sitting.marked.length}`;
  };
  const go = (position) => {
    if (position < 1 || position > items().length) return;
    at = position;
    sitting.at = at;
    store();
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
    store();
  };
  const choose = (position, letter, on) => {
    if (over || sitting.halted || now() >= sitting.deadline) return;
    const item = items()[position - 1];
    const before = item.kind === "multiple" ? [...chosen(position)].filter((l) => l !== letter) : [];
    const choice = (on ? [...before, letter] : before).sort().join("");
    sitting.answers[position] = choice;
    // The entry that is on its way stays as it is; a later one for the same question replaces the one that waits.
    const entry = { position, choice, given: Math.round(now()) };
    sitting.queue = [...sitting.queue.filter((e) => e.seq || e.position !== position), entry];
    store();
    at = position;
    sitting.at = at;
    store();
    palette();
    line();
    flush();
  };

  // Sending.
  const line = () => {
    const box = el("line");
    const waits = sitting.queue.length;
    const state = waits === 0 ? "saved" : online ? "saving" : "kept";
    const text = say(state, { n: waits });
    if (box.dataset.state === state && box.textContent === text) return;
    box.dataset.state = state;
    box.replaceChildren(icon(state === "saved" ? "check" : state === "saving" ? "clock" : "alert"), make("span", {}, text));
  };
  const flush = async () => {
    if (busy || !sitting || over) return;
    busy = true;
    try {
      while (sitting && sitting.queue.length > 0) {
        const head = sitting.queue[0];
        head.seq ??= sitting.lastSeq + 1;
        store();
        const saved = await call("PUT", `answers/${head.position}`, { seq: head.seq, choice: head.choice, given_at: head.given });
        online = true;
        const { position, choice, seq } = head;
        const { server_time: at, given_at: given, receipt } = saved;
        const answer = { ticket: sitting.ticket, seq, position, choice, at, given, receipt };
        // An answer counts as saved when its receipt proves it.
        if (!(await stored.proves(answer, sitting.logKey))) throw new Error("this receipt proves nothing");
        stored.put(`receipt ${sitting.ticket} ${head.seq}`, answer);
        sitting.lastSeq = saved.seq;
        setClock(saved.server_time);
        sitting.queue.shift();
        store();
        line();
      }
    } catch (error) {
      await failed(error);
    } finally {
      busy = false;
      if (sitting && !over && root.dataset.screen === "paper") line();
    }
  };
  const failed = async (error) => {
    const code = error.problem?.code;
    if (!error.problem || error.problem.status >= 500) online = false;
    else if (gone.has(code)) await taken(error.problem);
    else if (code === "answer-sequence" || code === "answer-conflict") await reconcile();
    else if (code === "time-is-up") await finish();
    else if (code === "theory-halted") halt(true);
    else if (code === "already-ended") await look();
    else {
      // Refused for what it says: it would be refused for ever.
      sitting.queue.shift();
      await reconcile();
    }
  };
  const reconcile = async () => {
    const state = await call("GET", "state").catch(() => null);
    if (!state) return;
    setClock(state.server_time);
    take(state.answers, state.last_seq, sitting.queue);
    store();
    render();
  };

  // Every few seconds: is it still this seat's, is there a warning, is the line back?
  const look = async () => {
    if (!sitting?.paper || over || busy) return;
    try {
      const state = await call("GET", `state?has=${sitting.lastSeq}`);
      online = true;
      setClock(state.server_time);
      if (state.warnings > sitting.warnings && !state.ended_at) banner("warned", say("warned"));
      if (state.ended_at) {
        end(state.how, Object.values(sitting.answers).filter((choice) => choice).length);
        return slip(state.how === "removed" ? null : state.answers_hash);
      }
      sitting.deadline = state.deadline;
      halt(state.halted);
      if (state.answers && sitting.queue.length === 0) {
        take(state.answers, state.last_seq, []);
        render();
      }
      store();
    } catch (error) {
      await failed(error);
    }
    if (sitting && !over) line();
    flush();
  };

  // Questions whose answer the server has.
  const savedCount = () => {
    const unsent = new Set(sitting.queue.map(({ position }) => position));
    return Object.entries(sitting.answers).filter(([at, choice]) => choice && !unsent.has(Number(at))).length;
  };

  // The invigilator has halted the examination: the paper is hidden and the clock stands.
  const halt = (halted) => {
    sitting.halted = halted;
    el("halted").hidden = !halted;
    if (halted) el("halted-text").textContent = say("halted-text", { n: savedCount() });
    root.querySelector(".seat-body").hidden = halted;
    for (const box of halted ? ["sure", "doubt"] : []) if (el(box).open) el(box).close();
  };

  // The seat is not this examinee's any more. What it still holds is given to the server, which merges it.
  const taken = async (problem) => {
    over = true;
    const held = sitting.queue.map(({ position, choice, given }) => ({ position, choice, given_at: given }));
    if (held.length > 0) {
      await call("POST", "left", { answers: held }).then(() => { sitting.queue = []; }, () => {});
      store();
    }
    end(problem?.code === "seat-moved" ? "moved" : "taken", sitting.queue.length, problem?.detail);
  };
  const end = (how, count, place) => {
    over = true;
    if (el("sure").open) el("sure").close();
    const elsewhere = how === "taken" || how === "moved";
    const titles = {
      handed_in: "done-title", timed_out: "done-time-title", removed: "removed-title", taken: "taken-title", moved: "moved-title",
    };
    el("end-icon").replaceChildren(icon({ removed: "ban", taken: "alert" }[how] ?? "sheet"));
    el("end-title").textContent = say(titles[how] ?? "done-title");
    el("end-again").textContent = say(elsewhere ? "again" : "start");
    const texts = {
      removed: () => say("removed-text"), taken: () => say("taken-text"),
      moved: () => say("moved-text", { n: savedCount(), place }),
    };
    el("end-text").textContent = texts[how]?.() ?? say("done-answered", { n: count });
    const unsent = count ? say("taken-unsent", { n: count }) : "";
    el("end-next").textContent = elsewhere ? unsent : how === "removed" ? "" : say("done-next");
    if (!elsewhere || count === 0) stored.put(KEY, null);
    el("end-score").textContent = "";
    slip(null);
    el("end-missed-box").hidden = true;
    show("end");
    el("end-title").focus();
  };
  // The hand-in slip: the number under which the answers stand in the log, as a code for the phone and as a document.
  const slip = (hash) => {
    el("end-slip-box").hidden = !hash;
    if (!hash) return;
    const printed = new URLSearchParams({ ticket: sitting.ticket, hash });
    el("end-slip").textContent = say("slip", { time: hash.slice(0, 16).replace(/(.{4})(?=.)/g, "$1-") });
    el("end-qr").src = `/slip.svg?${printed}`;
    el("end-pdf").href = `/slip.pdf?${printed}`;
  };
  // The score, where it is told at once, and what was missed.
  const told = ({ score, answers_hash: hash }) => {
    slip(hash);
    if (!score) return;
    el("end-score").textContent = say(score.passed ? "score-passed" : "score-failed", { n: score.points, of: score.total });
    el("end-score").dataset.tone = score.passed ? "good" : "bad";
    const next = score.practical_follows ? "next-practical" : score.passed ? "next-passed" : "next-failed";
    el("end-next").textContent = say(next);
    const lines = score.missed.slice(0, 8).map((one) => make("li", {}, `${one.subject} ${one.missed} / ${one.of}`));
    el("end-missed").replaceChildren(...lines);
    el("end-missed-box").hidden = lines.length === 0;
  };
  const finish = async () => {
    try {
      const done = await call("POST", "hand-in", { last_seq: sitting.lastSeq });
      end(now() >= sitting.deadline ? "timed_out" : "handed_in", done.answered);
      told(done);
      return null;
    } catch (error) {
      if (error.problem?.code === "already-ended") {
        await look();
        return null;
      }
      return error;
    }
  };

  // Something is wrong with a question: it is told to the centre and stops nothing.
  const askDoubt = (position) => {
    el("doubt").dataset.position = position;
    el("doubt-title").textContent = say("doubt-title", { n: position });
    el("doubt-text").value = "";
    el("doubt").showModal();
  };
  el("doubt-back").addEventListener("click", () => el("doubt").close());
  el("doubt-go").addEventListener("click", async () => {
    const position = Number(el("doubt").dataset.position);
    const sent = await call("POST", `doubts/${position}`, { text: el("doubt-text").value.trim() }).then(() => true, () => false);
    if (!sent) {
      el("doubt-title").textContent = say("doubt-later");
      return;
    }
    sitting.doubted = [...new Set([...(sitting.doubted ?? []), position])];
    store();
    el("doubt").close();
    render();
  });

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
    await flush();
    if (over) return;
    if (sitting.queue.length > 0) return banner("sure-error", say("sure-unsent", { n: sitting.queue.length }));
    const error = await finish();
    if (!error) return;
    banner("sure-error", error.problem ? saidOf(error.problem) : say("offline-enter"));
  };

  // Time.
  const warned = new Set();
  const tick = () => {
    if (!sitting || over || sitting.halted || root.dataset.screen !== "paper") return;
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
      // What waits for the line goes first: it was given in time, and for a while it is taken still.
      if (sitting.queue.length > 0 && now() < sitting.deadline + LATE) flush();
      else if (!busy) finish();
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
  el("hand-in").addEventListener("click", ask);
  el("sure-back").addEventListener("click", () => el("sure").close());
  el("sure-go").addEventListener("click", handIn);
  const again = () => {
    stopWaiting();
    sitting = null;
    el("code").value = "";
    el("ticket").value = "";
    at = 1;
    warned.clear();
    banner("warn", "");
    banner("warned", "");
    show("enter");
    el("ticket").focus();
  };
  el("end-again").addEventListener("click", again);
  el("wait-back").addEventListener("click", again);
  document.addEventListener("keydown", (event) => {
    if (root.dataset.screen !== "paper" || el("sure").open || el("doubt").open) return;
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
  el("form").addEventListener("submit", (event) => {
    event.preventDefault();
    banner("error", "");
    const place = { room: el("room").value.trim(), seat: Number(el("number").value) };
    keep(PLACE, place);
    const ticket = el("ticket").value.trim();
    enter({ ...(ticket ? { ticket } : {}), secret: el("code").value.trim(), ...place });
  });

  const place = read(PLACE);
  if (place && !el("room").value) {
    el("room").value = place.room;
    el("number").value = place.seat;
  }
  stored.get(KEY).then((kept) => {
    sitting = kept;
    if (!sitting?.token) {
      sitting = null;
      show("enter");
      return;
    }
    clock = { server: Date.now() + (sitting.offset ?? 0), here: performance.now() };
    if (sitting.paper) openPaper();
    else unlock();
  });
  addEventListener("online", look);
  setInterval(tick, 500);
  setInterval(look, 5000);
})();
