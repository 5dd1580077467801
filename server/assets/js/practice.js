// The line for practising: questions with what is right and why, or a mock examination. Nobody is known here; how far
// somebody is stays in this browser.
"use strict";
(() => {
  const page = globalThis.seat;
  const { el, make, say } = page;
  const trade = page.root.dataset.trade;
  const DONE = `kaodian-practice ${trade}`;
  const RUN = `kaodian-practice-run ${trade}`;
  const MOCK = `kaodian-practice-mock ${trade}`;
  // Milliseconds between two tries to hand in when the line is cut.
  const AGAIN = 5000;
  let bank = null;
  // By question: how often it was answered, how often rightly, and whether rightly the last time.
  let done = page.read(DONE) ?? {};
  let busy = false;
  let tried = 0;
  const run = () => page.sitting;
  const is = (mode) => run()?.mode === mode;
  const store = () => {
    if (is("practise")) page.keep(RUN, { ...run(), paper: null, ids: page.items().map(({ id }) => id), bank: bank.bank });
    if (is("mock")) page.keep(MOCK, run());
  };

  // What is right, and what is said of it.
  const right = (item) => {
    if (is("practise")) return run().judged.includes(item.position) ? item.right : null;
    return is("review") ? run().reviewed[item.position].right : null;
  };
  const note = (id, good) => {
    const [times = 0, rightly = 0] = done[id] ?? [];
    done[id] = [times + 1, rightly + (good ? 1 : 0), good];
    page.keep(DONE, done);
  };
  const judge = (position) => {
    const item = page.items()[position - 1];
    if (run().judged.includes(position)) return;
    run().judged.push(position);
    note(item.id, page.chosen(position) === item.right);
    store();
    page.renew(position);
    document.querySelector(`#seat-q${position} .seat-verdict`)?.focus();
  };
  const verdict = (item) => {
    const letters = right(item);
    const given = page.chosen(item.position);
    const good = given === letters;
    const said = good ? say("verdict-right") : say(given ? "verdict-wrong" : "verdict-open");
    const texts = [...letters].map((letter) => `${letter} ${item.choices[letter.charCodeAt(0) - 65]}`);
    const { reason, subject } = is("review") ? { ...run().reviewed[item.position], subject: "" } : item;
    return make("div", { className: `seat-verdict ${good ? "is-right" : "is-wrong"}`, tabIndex: -1, role: "status" },
      make("p", {}, page.icon(good ? "check" : "cross"), make("b", {}, said)),
      ...(good ? [] : [make("p", {}, say("answer-is", { n: texts.join(say("comma")) }))]),
      ...(reason ? [make("p", {}, reason)] : []),
      ...(subject ? [make("p", { className: "hint" }, say("subject", { n: subject }))] : []));
  };
  const judged = (item) => {
    if (right(item) !== null) return [verdict(item)];
    if (!is("practise")) return [];
    const look = make("button", { type: "button", className: "button" }, say(item.kind === "multiple" ? "check" : "unknown"));
    look.addEventListener("click", () => judge(item.position));
    return [make("p", { className: "practice-look" }, look)];
  };
  const count = () => {
    if (!is("practise")) return undefined;
    const good = run().judged.filter((position) => page.chosen(position) === page.items()[position - 1].right).length;
    return say("count-line", { n: good, of: run().judged.length - good, time: page.items().length - run().judged.length });
  };

  // Practising: some of the questions, one after the other.
  const shown = (ids) => {
    const known = new Map(bank.items.map((item) => [item.id, item]));
    const items = ids.map((id) => known.get(id)).filter(Boolean);
    return { items: items.map((item, index) => ({ ...item, position: index + 1 })) };
  };
  const open = (sitting) => {
    const mock = sitting.mode === "mock";
    line.leave = mock ? undefined : menu;
    el("hand-in").textContent = say(mock ? "hand-in" : "leave");
    el("clock").parentElement.hidden = !mock;
    page.openPaper(sitting);
    document.getElementById(`seat-q${sitting.at}`)?.focus({ preventScroll: true });
  };
  const practise = (ids) => {
    open({ mode: "practise", paper: shown(ids), answers: {}, marked: [], at: 1, judged: [] });
    store();
  };

  // The mock examination.
  const start = async () => {
    page.banner("error", "");
    try {
      const mock = await page.call("POST", `practice/${trade}/mock`, {});
      const deadline = Date.now() + mock.minutes * 60000;
      page.forgetClock(0);
      open({ ...mock, mode: "mock", deadline, answers: {}, marked: [], at: 1 });
      store();
    } catch (error) {
      page.banner("error", error.problem ? page.saidOf(error.problem) : say("offline"));
    }
  };
  const handIn = async () => {
    if (busy) return null;
    busy = true;
    tried = Date.now();
    const { bank: drawn, seed } = run();
    const answers = page.items().filter(({ position }) => page.chosen(position)).map(({ position }) => ({ position, choice: page.chosen(position) }));
    try {
      const told = await page.call("POST", `practice/${trade}/mock/hand-in`, { bank: drawn, seed, answers });
      for (const one of told.reviewed) note(one.id, page.chosen(one.position) === one.right);
      page.keep(MOCK, null);
      const late = page.now() >= run().deadline;
      page.end({ title: say(late ? "done-time-title" : "done-title"), text: say("done-answered", { n: told.answered }), again: say("menu") });
      page.score(told.score, 99);
      el("end-next").textContent = say(told.score.passed ? "mock-passed" : "mock-failed");
      const reviewed = Object.fromEntries(told.reviewed.map((one) => [one.position, one]));
      Object.assign(run(), { mode: "review", deadline: null, reviewed, at: 1 });
      return null;
    } catch (error) {
      return error.problem ? page.saidOf(error.problem) : say("offline");
    } finally {
      busy = false;
    }
  };
  const timeUp = () => {
    if (!busy && Date.now() - tried > AGAIN) handIn();
  };

  // The menu: how far one is, what was wrong, where one is weak.
  const SOME = 3;
  const WEAK = 0.8;
  const ids = (wanted) => bank.items.filter(wanted).map(({ id }) => id);
  const last = ({ id }) => done[id]?.[2];
  const button = (id, text, list) => {
    el(id).hidden = list.length === 0;
    el(id).textContent = text;
    el(id).onclick = () => practise(list);
  };
  const topics = () => {
    const by = new Map();
    for (const item of bank.items) by.set(item.subject, [...(by.get(item.subject) ?? []), item]);
    const lines = [...by].map(([subject, items]) => {
      const tried = items.filter((item) => last(item) !== undefined);
      const good = tried.filter(last).length;
      return { subject, items, tried: tried.length, good, weak: tried.length >= SOME && good / tried.length < WEAK };
    });
    lines.sort((a, b) => b.weak - a.weak || (a.good / (a.tried || 1)) - (b.good / (b.tried || 1)));
    return lines.map(({ subject, items, tried, good, weak }) => {
      const go = make("button", { type: "button", className: "button" }, say("topic-go"),
        make("span", { className: "hidden" }, ` ${subject}`));
      go.addEventListener("click", () => practise(items.map(({ id }) => id)));
      const bar = make("meter", { min: 0, max: items.length, value: good, "aria-hidden": "true" });
      return make("li", { className: "row" },
        make("span", { className: "row-main" }, make("b", {}, subject || say("topic-none")),
          make("span", { className: "row-why num" }, say("topic", { n: good, time: tried, of: items.length })), bar),
        ...(weak ? [make("span", { className: "badge badge-warn" }, page.icon("alert"), say("weak"))] : []), go);
    });
  };
  const menu = () => {
    page.sitting = null;
    const tried = bank.items.filter((item) => last(item) !== undefined);
    el("progress").textContent = tried.length === 0 ? "" : say("progress", { n: tried.length, of: bank.items.length, time: tried.filter(last).length });
    const kept = page.read(RUN);
    const goes = kept?.bank === bank.bank && kept.ids.length > kept.judged.length;
    const left = ids((item) => last(item) === undefined);
    const wrong = ids((item) => last(item) === false);
    el("go-on").hidden = !goes;
    el("go-on").onclick = () => open({ ...kept, paper: shown(kept.ids) });
    button("go-left", say("go-left", { n: left.length }), tried.length ? left : []);
    button("go-wrong", say("go-wrong", { n: wrong.length }), wrong);
    button("go-all", say("go-all", { n: bank.items.length }), ids(() => true));
    el("go-all").classList.toggle("button-main", tried.length === 0);
    el("topics").replaceChildren(...topics());
    el("clear").hidden = tried.length === 0;
    page.show("menu");
    el("menu-title").focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  el("mock").addEventListener("click", start);
  el("review").addEventListener("click", () => open(run()));
  el("clear").addEventListener("click", () => el("forget").showModal());
  el("forget-back").addEventListener("click", () => el("forget").close());
  el("forget-go").addEventListener("click", () => {
    done = {};
    for (const key of [DONE, RUN]) page.keep(key, null);
    el("forget").close();
    menu();
  });

  const picture = (item) => `/api/v1/practice/${trade}/pictures/${item.picture}`;
  const aloud = () => page.root.dataset.aloud !== undefined;
  const sound = async (name) => {
    const answer = await fetch(`/api/v1/practice/${trade}/voice/${name}`);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.arrayBuffer();
  };
  // Whoever goes through the options with the arrow keys has not yet answered.
  let arrow = -Infinity;
  document.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowUp" || key === "ArrowDown") arrow = performance.now();
  }, true);
  const chosen = (position) => {
    const one = page.items()[position - 1].kind !== "multiple" && performance.now() - arrow > 100;
    if (is("practise") && one) judge(position);
    else store();
  };
  const line = { again: menu, aloud, chosen, count, handIn, judged, picture, right, sound, store, timeUp };
  page.use(line);

  const load = async () => {
    try {
      bank = await page.call("GET", `practice/${trade}`);
      page.banner("error", "");
      el("retry").hidden = true;
    } catch (error) {
      page.banner("error", error.problem ? page.saidOf(error.problem) : say("offline"));
      el("retry").hidden = false;
      return;
    }
    el("choices").hidden = false;
    const mock = page.read(MOCK);
    page.forgetClock(0);
    if (mock) open(mock);
    else menu();
  };
  el("retry").addEventListener("click", load);
  load();
})();
