// The seat's line to the server. Each answer is kept here first, then sent, one after the other; it is shown as saved only
// when the server has said so. What was not sent survives a reload and a lost line.
"use strict";
(() => {
  const page = globalThis.seat;
  const stored = globalThis.seatStore;
  const { banner, el, say, show } = page;
  const KEY = "sitting";
  const PLACE = "kaodian-seat-place";
  // Milliseconds after the end in which answers of before are still sent; the server decides which it takes.
  const LATE = 50000;
  let online = true;
  let busy = false;
  const store = () => stored.put(KEY, page.sitting);
  const bearer = () => ({ authorization: `Bearer ${page.sitting.token}` });
  // An exam browser tells the page what proves its settings; others have no such object.
  globalThis.SafeExamBrowser?.security?.updateKeys?.(() => {});
  const proof = () => {
    const keys = globalThis.SafeExamBrowser?.security;
    if (!keys?.configKey) return {};
    return { "x-kaodian-browser": `${keys.configKey} ${keys.browserExamKey || "-"} ${location.href.split("#")[0]}` };
  };
  const call = (method, path, body) =>
    page.call(method, `seat/${path}`, body, { ...(page.sitting ? bearer() : {}), ...proof() });
  const file = async (path) => {
    const answer = await fetch(`/api/v1/seat/${path}`, { headers: bearer() });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.blob();
  };
  const sealedFile = async (path) => page.dataUrl(await file(path));

  // Entering and waiting.
  let waiting = null;
  const waits = { "not-checked-in": "wait-admitted", "too-early": "wait-early" };
  const stopWaiting = () => {
    clearTimeout(waiting);
    waiting = null;
  };
  const waitFor = (text, again, milliseconds) => {
    if (page.root.dataset.screen !== "wait") {
      show("wait");
      el("wait-title").focus();
    }
    el("wait-text").textContent = text;
    clearTimeout(waiting);
    waiting = setTimeout(again, milliseconds);
  };
  const enter = async (order) => {
    page.sitting = null;
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
      banner("error", error.problem ? page.saidOf(error.problem) : say("offline-enter"));
    }
  };

  const begin = async (entered) => {
    const before = await stored.get(KEY);
    const same = before && before.ticket === entered.ticket;
    // What this machine still holds counts only where nothing was saved from elsewhere meanwhile.
    const fresh = same && entered.last_seq <= before.lastSeq + 1;
    page.sitting = {
      token: entered.token, ticket: entered.ticket, name: entered.name_masked, number: entered.id_masked,
      deadline: entered.deadline, startsAt: entered.starts_at, sealed: entered.paper, paper: null, logKey: entered.log_key,
      lastSeq: entered.last_seq, answers: {}, marked: same ? before.marked : [], at: same ? before.at : 1, queue: [],
      warnings: same ? before.warnings : 0, photo: null, aloud: entered.read_aloud,
    };
    page.over = false;
    page.setClock(entered.server_time);
    take(entered.answers, entered.last_seq, fresh ? before.queue : []);
    store();
    photo();
    unlock();
  };

  const gone = new Set(["seat-taken-over", "seat-moved", "not-logged-in"]);

  // The paper is here already, sealed; its key is told to all in the same second.
  const unlock = async () => {
    const sitting = page.sitting;
    if (!sitting || sitting.paper) return;
    showPerson();
    el("wait-person").hidden = false;
    try {
      const opened = await call("POST", "open", {});
      page.setClock(opened.server_time);
      sitting.deadline = opened.deadline;
      sitting.paper = await stored.unseal(opened.key, sitting.sealed);
      // Somebody may have gone back meanwhile.
      if (page.sitting !== sitting) return;
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
        const early = Math.max(sitting.startsAt - page.now(), 0) + Math.random() * 700;
        waitFor(say("wait-starts", { time: hour(sitting.startsAt) }), unlock, Math.min(early, 5000));
        return;
      }
      const text = code === "room-not-released" ? say("wait-released") : error.problem ? page.saidOf(error.problem) : say("offline-enter");
      waitFor(text, unlock, 2000);
    }
  };
  const hour = (time) => new Date(time).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

  // What the server has, and on top of it what it has not been told yet.
  const take = (answers, lastSeq, queue) => {
    const sitting = page.sitting;
    sitting.answers = {};
    for (const given of answers) sitting.answers[given.position] = given.choice;
    sitting.lastSeq = lastSeq;
    sitting.queue = queue
      .filter((entry) => (sitting.answers[entry.position] ?? "") !== entry.choice)
      .map(({ position, choice, given }) => ({ position, choice, given }));
    for (const entry of sitting.queue) sitting.answers[entry.position] = entry.choice;
  };

  const photo = async () => {
    const sitting = page.sitting;
    try {
      sitting.photo = await sealedFile("photo");
      showPerson();
      store();
    } catch {
      // The picture is no condition for going on.
    }
  };

  const showPerson = () => {
    const sitting = page.sitting;
    el("wait-name").textContent = sitting.name;
    el("wait-id").textContent = `${sitting.number} · ${sitting.ticket}`;
    el("name").textContent = sitting.name;
    el("id").textContent = sitting.number;
    el("ticket-no").textContent = sitting.ticket;
    for (const id of ["wait-photo", "photo"]) {
      el(id).hidden = !sitting.photo;
      if (sitting.photo) el(id).src = sitting.photo;
    }
  };

  const openPaper = () => {
    page.openPaper(page.sitting);
    showPerson();
    fetchPictures();
    flush();
    look();
  };

  // Pictures: all of the paper at its start, kept like the answers, so that a line that is cut later hides none of them.
  const shown = new Map();
  const picture = (item) => {
    const name = item.picture;
    if (!shown.has(name)) {
      const got = stored.get(`picture ${name}`).then(async (there) => {
        if (there) return there;
        const address = await sealedFile(`pictures/${item.position}`);
        await stored.put(`picture ${name}`, address);
        return address;
      });
      got.catch(() => shown.delete(name));
      shown.set(name, got);
    }
    return shown.get(name);
  };
  let fetching = false;
  const fetchPictures = async () => {
    if (fetching) return;
    fetching = true;
    // One after the other: answers must not wait behind them.
    for (const item of page.items()) {
      if (item.picture && !page.over) await picture(item).catch(() => null);
    }
    fetching = false;
  };
  const dropPictures = (sitting) => {
    for (const item of sitting?.paper?.items ?? []) if (item.picture) stored.put(`picture ${item.picture}`, null);
    shown.clear();
  };

  // Sending.
  const flush = async () => {
    if (busy || !page.sitting || page.over) return;
    busy = true;
    try {
      while (page.sitting && page.sitting.queue.length > 0) {
        const sitting = page.sitting;
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
        page.setClock(saved.server_time);
        sitting.queue.shift();
        store();
        page.standing();
      }
    } catch (error) {
      await failed(error);
    } finally {
      busy = false;
      if (page.sitting && !page.over && page.root.dataset.screen === "paper") page.standing();
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
      page.sitting.queue.shift();
      await reconcile();
    }
  };
  const reconcile = async () => {
    const state = await call("GET", "state").catch(() => null);
    if (!state) return;
    page.setClock(state.server_time);
    take(state.answers, state.last_seq, page.sitting.queue);
    store();
    page.render();
  };

  // Every few seconds: is it still this seat's, is there a warning, is the line back?
  const look = async () => {
    if (!page.sitting?.paper || page.over || busy) return;
    try {
      const sitting = page.sitting;
      const state = await call("GET", `state?has=${sitting.lastSeq}`);
      online = true;
      page.setClock(state.server_time);
      if (state.warnings > sitting.warnings && !state.ended_at) banner("warned", say("warned"));
      if (state.ended_at) {
        end(state.how, Object.values(sitting.answers).filter((choice) => choice).length);
        return slip(state.how === "removed" ? null : state.answers_hash);
      }
      sitting.deadline = state.deadline;
      halt(state.halted);
      if (state.answers && sitting.queue.length === 0) {
        take(state.answers, state.last_seq, []);
        page.render();
      }
      store();
      fetchPictures();
    } catch (error) {
      await failed(error);
    }
    if (page.sitting && !page.over) page.standing();
    flush();
  };

  // Questions whose answer the server has.
  const savedCount = () => {
    const unsent = new Set(page.sitting.queue.map(({ position }) => position));
    return Object.entries(page.sitting.answers).filter(([at, choice]) => choice && !unsent.has(Number(at))).length;
  };

  // The invigilator has halted the examination: the paper is hidden and the clock stands.
  const halt = (halted) => {
    page.sitting.halted = halted;
    el("halted").hidden = !halted;
    if (halted) el("halted-text").textContent = say("halted-text", { n: savedCount() });
    page.root.querySelector(".seat-body").hidden = halted;
    for (const box of halted ? ["sure", "doubt"] : []) if (el(box).open) el(box).close();
  };

  // The seat is not this examinee's any more. What it still holds is given to the server, which merges it.
  const taken = async (problem) => {
    const sitting = page.sitting;
    page.over = true;
    const held = sitting.queue.map(({ position, choice, given }) => ({ position, choice, given_at: given }));
    if (held.length > 0) {
      await call("POST", "left", { answers: held }).then(() => { sitting.queue = []; }, () => {});
      store();
    }
    end(problem?.code === "seat-moved" ? "moved" : "taken", sitting.queue.length, problem?.detail);
  };
  const end = (how, count, place) => {
    const elsewhere = how === "taken" || how === "moved";
    const titles = {
      handed_in: "done-title", timed_out: "done-time-title", removed: "removed-title", taken: "taken-title", moved: "moved-title",
    };
    const texts = {
      removed: () => say("removed-text"), taken: () => say("taken-text"),
      moved: () => say("moved-text", { n: savedCount(), place }),
    };
    const unsent = count ? say("taken-unsent", { n: count }) : "";
    page.end({
      sign: { removed: "ban", taken: "alert" }[how],
      title: say(titles[how] ?? "done-title"),
      text: texts[how]?.() ?? say("done-answered", { n: count }),
      next: elsewhere ? unsent : how === "removed" ? "" : say("done-next"),
      again: say(elsewhere ? "again" : "start"),
    });
    slip(null);
    dropPictures(page.sitting);
    if (!elsewhere || count === 0) stored.put(KEY, null);
  };
  // The hand-in slip: the number under which the answers stand in the log, as a code for the phone and as a document.
  const slip = (hash) => {
    el("end-slip-box").hidden = !hash;
    if (!hash) return;
    const printed = new URLSearchParams({ ticket: page.sitting.ticket, hash });
    el("end-slip").textContent = say("slip", { time: hash.slice(0, 16).replace(/(.{4})(?=.)/g, "$1-") });
    el("end-qr").src = `/slip.svg?${printed}`;
    el("end-pdf").href = `/slip.pdf?${printed}`;
  };
  // The score, where it is told at once.
  const told = ({ score, answers_hash: hash }) => {
    slip(hash);
    if (!score) return;
    page.score(score);
    const next = score.practical_follows ? "next-practical" : score.passed ? "next-passed" : "next-failed";
    el("end-next").textContent = say(next);
  };
  const finish = async () => {
    try {
      const done = await call("POST", "hand-in", { last_seq: page.sitting.lastSeq });
      end(page.now() >= page.sitting.deadline ? "timed_out" : "handed_in", done.answered);
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
    page.sitting.doubted = [...new Set([...(page.sitting.doubted ?? []), position])];
    store();
    el("doubt").close();
    page.render();
  });
  const under = (item) => {
    const known = page.sitting.doubted?.includes(item.position);
    const doubt = page.make("button", { type: "button", className: "quiet" }, say(known ? "doubted" : "doubt"));
    doubt.addEventListener("click", () => askDoubt(item.position));
    return [doubt];
  };

  const handIn = async () => {
    await flush();
    if (page.over) return null;
    if (page.sitting.queue.length > 0) return say("sure-unsent", { n: page.sitting.queue.length });
    const error = await finish();
    return error && (error.problem ? page.saidOf(error.problem) : say("offline-enter"));
  };
  const chosen = (position, choice) => {
    const sitting = page.sitting;
    // The entry that is on its way stays as it is; a later one for the same question replaces the one that waits.
    const entry = { position, choice, given: Math.round(page.now()) };
    sitting.queue = [...sitting.queue.filter((e) => e.seq || e.position !== position), entry];
    store();
    flush();
  };
  const timeUp = () => {
    // What waits for the line goes first: it was given in time, and for a while it is taken still.
    if (page.sitting.queue.length > 0 && page.now() < page.sitting.deadline + LATE) flush();
    else if (!busy) finish();
  };
  const again = () => {
    stopWaiting();
    page.sitting = null;
    el("code").value = "";
    el("ticket").value = "";
    show("enter");
    el("ticket").focus();
  };
  const standing = () => {
    const waits = page.sitting.queue.length;
    return [waits === 0 ? "saved" : online ? "saving" : "kept", waits];
  };
  const aloud = () => page.sitting.aloud;
  const sound = async (name) => (await file(`voice/${name}`)).arrayBuffer();
  page.use({ again, aloud, chosen, handIn, picture, sound, standing, store, timeUp, under });

  el("wait-back").addEventListener("click", again);
  el("form").addEventListener("submit", (event) => {
    event.preventDefault();
    banner("error", "");
    const place = { room: el("room").value.trim(), seat: Number(el("number").value) };
    page.keep(PLACE, place);
    const ticket = el("ticket").value.trim();
    enter({ ...(ticket ? { ticket } : {}), secret: el("code").value.trim(), ...place });
  });
  const place = page.read(PLACE);
  if (place && !el("room").value) {
    el("room").value = place.room;
    el("number").value = place.seat;
  }
  stored.get(KEY).then((kept) => {
    if (!kept?.token) {
      show("enter");
      return;
    }
    page.sitting = kept;
    page.forgetClock(kept.offset ?? 0);
    if (kept.paper) openPaper();
    else unlock();
  });
  addEventListener("online", look);
  setInterval(look, 5000);
})();
