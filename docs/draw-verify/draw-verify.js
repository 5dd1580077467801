// Does a draw again from its transcript, as docs/draw.md describes it. One file, no network, no library: it works from a
// USB stick. Everything above `page` is plain computation and can be read, or run by `node`, on its own.
"use strict";

/* ---------- Bytes and text ---------- */

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (digits) => {
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) throw new Error(`no lower-case hexadecimal digits: ${digits}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
};
const joined = (parts) => {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};

/* ---------- SHA-256 (FIPS 180-4) ---------- */

const roots = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const bits = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32);
  return { start: primes.slice(0, 8).map((p) => bits(Math.sqrt(p))), rounds: primes.map((p) => bits(Math.cbrt(p))) };
})();

const sha256 = (bytes) => {
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const length = bytes.length;
  const padded = new Uint8Array(((length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  const state = Uint32Array.from(roots.start);
  const w = new Uint32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15], w[i - 2]];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + roots.rounds[i] + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((value, i) => out.setUint32(4 * i, value));
  return new Uint8Array(out.buffer);
};

/* ---------- ChaCha20 (RFC 8439, counter and nonce from zero) as numbers of 64 bits ---------- */

const chachaBlock = (key, counter) => {
  const start = new Uint32Array(16);
  start.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  const view = new DataView(key.buffer, key.byteOffset, 32);
  for (let i = 0; i < 8; i++) start[4 + i] = view.getUint32(4 * i, true);
  start[12] = Number(counter & 0xffffffffn);
  start[13] = Number(counter >> 32n);
  const s = Uint32Array.from(start);
  const step = (x, y, z, n) => {
    s[x] += s[y];
    const mixed = s[z] ^ s[x];
    s[z] = (mixed << n) | (mixed >>> (32 - n));
  };
  const quarter = (a, b, c, d) => { step(a, b, d, 16); step(c, d, b, 12); step(a, b, d, 8); step(c, d, b, 7); };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i++) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  return s.map((value, i) => value + start[i]);
};

const streamOf = (seed) => {
  let [counter, words] = [0n, []];
  return () => {
    if (words.length === 0) words = Array.from(chachaBlock(seed, counter++));
    const [low, high] = words.splice(0, 2);
    return (BigInt(high) << 32n) | BigInt(low);
  };
};

/** Picks, selections and shuffles from a seed. */
const picker = (seed) => {
  const next = streamOf(seed);
  const pick = (n) => {
    const count = BigInt(n);
    const whole = ((1n << 64n) / count) * count;
    for (;;) {
      const x = next();
      if (x < whole) return Number(x % count);
    }
  };
  const shuffle = (items) => {
    const left = [...items];
    return items.map(() => left.splice(pick(left.length), 1)[0]);
  };
  return { pick, shuffle, choose: (items) => items[pick(items.length)] };
};

/* ---------- Canonical text (RFC 8785, whole numbers only) ---------- */

const canonical = (value) => {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error(`no whole number: ${value}`);
    return String(value);
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
};

/** JSON in which no field stands twice: a second one would hide the first. */
const parsed = (text) => {
  const value = JSON.parse(text);
  const open = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/gs)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token.endsWith(":")) {
      const key = JSON.parse(token.slice(0, -1).trim());
      const seen = open.at(-1);
      if (seen.has(key)) throw new Error(`the field "${key}" stands twice`);
      seen.add(key);
    }
  }
  return value;
};

/* ---------- The draws ---------- */

const seating = ({ candidates, rooms }, { shuffle }) => {
  const filled = rooms.map(() => 0);
  for (let n = 0; n < candidates.length; n++) {
    let to = -1;
    rooms.forEach((room, i) => { if (filled[i] < room.seats && (to < 0 || filled[i] < filled[to])) to = i; });
    if (to < 0) throw new Error("there are not enough seats");
    filled[to] += 1;
  }
  const places = rooms.flatMap(({ code }, i) => Array.from({ length: filled[i] }, (_, seat) => [code, seat + 1]));
  return { seats: shuffle(candidates).map((ticket, i) => ({ ticket, room: places[i][0], seat: places[i][1] })) };
};

const sets = ({ seats, row, sets: count, avoid }, { shuffle, choose }) => {
  const at = new Map(seats.map(({ room, seat }, i) => [`${room}/${seat}`, i]));
  const drawn = seats.map(() => 0);
  const all = Array.from({ length: count }, (_, i) => i + 1);
  for (const i of shuffle(seats.map((_, n) => n))) {
    const { room, seat } = seats[i];
    const beside = [seat - row, seat + row, ...[seat - 1, seat + 1].filter(
      (other) => Math.floor((other - 1) / row) === Math.floor((seat - 1) / row))];
    const taken = new Set(avoid ? beside.map((other) => drawn[at.get(`${room}/${other}`)]) : []);
    const left = all.filter((set) => !taken.has(set));
    drawn[i] = choose(left.length ? left : all);
  }
  return { sets: seats.map(({ ticket }, i) => ({ ticket, set: drawn[i] })) };
};

const sheets = ({ candidates, parts }, { choose }) =>
  ({ sheets: candidates.map((ticket) => ({ ticket, sheets: parts.map(choose) })) });

const questionSets = ({ true_false, single, multiple, blueprint, sets: count }, { pick }) => {
  const kinds = [[true_false, blueprint.true_false], [single, blueprint.single], [multiple, blueprint.multiple]];
  const fresh = kinds.map(([all]) => all.map((_, i) => i));
  const made = [];
  for (let set = 0; set < count; set++) {
    made.push(kinds.flatMap(([all, wanted], kind) => {
      const mine = [];
      let kept = null;
      for (let n = 0; n < wanted; n++) {
        if (fresh[kind].length === 0) {
          kept = [...mine];
          fresh[kind] = all.map((_, i) => i).filter((i) => !mine.includes(i));
          if (fresh[kind].length === 0) throw new Error("the bank has too few questions");
        }
        mine.push(...fresh[kind].splice(pick(fresh[kind].length), 1));
      }
      if (kept) fresh[kind] = [...fresh[kind], ...kept].sort((a, b) => a - b);
      return mine.map((i) => all[i]);
    }));
  }
  return { sets: made };
};

/** Whether each of these posts can have somebody of its own who is not taken (augmenting paths). */
const fillable = (posts, eligible, taken) => {
  const holder = new Map();
  const place = (post, seen) => eligible[post].some((person) => {
    if (taken.has(person) || seen.has(person)) return false;
    seen.add(person);
    if (holder.has(person) && !place(holder.get(person), seen)) return false;
    holder.set(person, post);
    return true;
  });
  return posts.every((post) => place(post, new Set()));
};

const staff = ({ posts, people, eligible }, { shuffle, choose }) => {
  const order = new Map(people.map((person, i) => [person.code ?? person, i]));
  const choices = eligible.map((codes) => [...codes].sort((a, b) => order.get(a) - order.get(b)));
  const numbers = posts.map((_, i) => i);
  const reserve = (i) => posts[i].kind.startsWith("reserve_");
  const turns = [...shuffle(numbers.filter((i) => !reserve(i))), ...numbers.filter(reserve)];
  const taken = new Set();
  const filled = turns.map((post, turn) => {
    const rest = turns.slice(turn + 1);
    const open = choices[post].filter((person) => !taken.has(person) && fillable(rest, choices, new Set([...taken, person])));
    if (open.length === 0) throw new Error(`nobody can take the post ${posts[post].code}`);
    const person = choose(open);
    taken.add(person);
    return { post: posts[post].code, person, among: open.length };
  });
  return { filled };
};

const PURPOSES = { seating, sets, sheets, question_sets: questionSets, staff };

/* ---------- The checks ---------- */

const FIELDS = ["at", "input", "input_hash", "parties", "public_number", "purpose", "result", "rule_set", "seed", "subject", "version"];
const NOT_ESTABLISHED = ["commitments_in_time", "input_true", "only_draw", "parties_apart", "time"];

const compareBytes = (a, b) => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
};

const form = (document) => {
  if (canonical(Object.keys(document).sort()) !== canonical(FIELDS)) return "fields";
  if (document.version !== "kaodian-draw/1") return "version";
  if (!Object.hasOwn(PURPOSES, document.purpose)) return "purpose";
  if (document.subject === "" || document.public_number === "" || document.parties.length === 0) return "empty";
  const parties = document.parties.map(({ name, secret }) => [utf8(name), secret]);
  for (const [i, [name, secret]] of parties.entries()) {
    if (name.length === 0 || unhex(secret).length < 16) return "party";
    if (i > 0 && compareBytes(parties[i - 1][0], name) >= 0) return "party order";
    if (parties.slice(0, i).some(([, other]) => other === secret)) return "secret twice";
  }
  return "";
};

/** Commitments, hash of the input, seed and result of a transcript, as `{ verdict, checks, document }`. */
const verify = (text) => {
  const checks = [];
  const check = (name, ok, detail) => { checks.push({ name, ok, detail }); return ok; };
  const done = (document = null) => ({
    verdict: checks.every(({ ok }) => ok) ? "established" : "refuted", checks, not_established: NOT_ESTABLISHED, document,
  });
  let document;
  try {
    document = parsed(text);
    const fault = form(document);
    if (!check("form", fault === "", fault || document.purpose)) return done();
  } catch (error) {
    check("form", false, String(error.message ?? error));
    return done();
  }
  try {
    const broken = document.parties.filter((p) => hex(sha256(unhex(p.secret))) !== p.commitment).map((p) => p.name);
    check("commitments", broken.length === 0, (broken.length ? broken : document.parties.map((p) => p.name)).join(", "));
    const inputHash = hex(sha256(utf8(canonical(document.input))));
    check("input_hash", inputHash === document.input_hash, inputHash);
    const parts = [document.version, document.purpose, document.subject, document.rule_set, inputHash, document.public_number ?? ""]
      .map(utf8);
    document.parties.forEach((party) => parts.push(utf8(party.name), unhex(party.secret)));
    const seed = sha256(joined(parts.flatMap((part) => [utf8(`${part.length}:`), part, utf8(",")])));
    check("seed", hex(seed) === document.seed, hex(seed));
    const again = PURPOSES[document.purpose](document.input, picker(seed));
    check("result", canonical(again) === canonical(document.result), "");
  } catch (error) {
    check(checks.length < 2 ? "form" : "result", false, String(error.message ?? error));
  }
  return done(document);
};

/** Published vectors: SHA-256 of "abc" (FIPS 180-4), the first key stream of RFC 8439 A.1. */
const selfTest = () =>
  hex(sha256(utf8("abc"))) === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  && hex(new Uint8Array(chachaBlock(new Uint8Array(32), 0n).buffer)).startsWith("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1a");

/* ---------- The page ---------- */

const WORDS = {
  zh: {
    title: "自己验证抽取结果", what: "选择抽取记录文件（JSON）。计算全部在您自己的电脑上进行，不连网，也不依赖考试系统。",
    file: "抽取记录文件", paste: "或者把文件内容粘贴在这里", go: "验证", other: "English", established: "结果成立：由输入和各方的密数，按公开的方法只能得出这个结果。",
    refuted: "结果不成立：下面打叉的一项对不上。", broken: "本页的自检没有通过，请换一个浏览器。",
    checks: "检查", form: "文件格式", commitments: "各方公布的密数与事先的承诺一致", input_hash: "输入的哈希值", seed: "种子", result: "按种子重新抽取，结果相同",
    cannot: "光凭这个文件不能说明的事", commitments_in_time: "承诺是在输入冻结之前公布的：请与日志对照。", input_true: "输入里的人员、岗位、回避关系是真实的。",
    only_draw: "没有另抽一次而把前一次作废：请与日志对照。", parties_apart: "至少有一方在揭示之前没有把密数告诉别人。", time: "抽取的时间属实，公开数字是事先说定的。",
    about: "抽取内容", subject: "对象", rule_set: "规则", at: "时间", parties: "参与方", number: "公开数字", none: "没有", drawn: "抽取结果", find: "查找编号", findWhat: "输入您的编号或准考证号",
    post: "岗位", person: "人员编号", among: "从几人中抽取", ticket: "准考证号", room: "考场", seat: "座位", set: "套题", sheets: "题卡", question: "题数",
    purpose: { staff: "监考员和考评员", seating: "座位", sets: "考生的套题", sheets: "实操题卡", question_sets: "题库组卷" },
  },
  en: {
    title: "Check a draw yourself", what: "Choose the transcript of a draw (JSON). Everything is computed on your own machine, without a network and without the examination system.",
    file: "Transcript", paste: "Or paste its text here", go: "Check", other: "中文", established: "Established: from the input and the secrets, the published method gives this result and no other.",
    refuted: "Refuted: what is crossed out below does not fit.", broken: "This page has failed its own test; please use another browser.",
    checks: "Checks", form: "Form of the file", commitments: "The secrets fit the commitments", input_hash: "Hash of the input", seed: "Seed", result: "Drawn again from the seed, the result is the same",
    cannot: "What this file alone cannot show", commitments_in_time: "That the commitments were published before the input was frozen: compare with the log.", input_true: "That people, posts and conflicts in the input are the real ones.",
    only_draw: "That no other draw was run and put aside: compare with the log.", parties_apart: "That at least one party kept its secret from the others until the reveal.", time: "That the draw was run at the time given, and the public number was announced beforehand.",
    about: "The draw", subject: "For", rule_set: "Rules", at: "Time", parties: "Parties", number: "Public number", none: "none", drawn: "What was drawn", find: "Find a code", findWhat: "Your code or ticket number",
    post: "Post", person: "Person code", among: "Drawn from", ticket: "Ticket", room: "Room", seat: "Seat", set: "Set", sheets: "Sheets", question: "Questions",
    purpose: { staff: "Invigilators and examiners", seating: "Seats", sets: "Question sets of candidates", sheets: "Practical sheets", question_sets: "Question sets from a bank" },
  },
};

const rowsOf = ({ purpose, result }) => ({
  staff: () => [["post", "person", "among"], result.filled.map((f) => [f.post, f.person, f.among])],
  seating: () => [["ticket", "room", "seat"], result.seats.map((s) => [s.ticket, s.room, s.seat])],
  sets: () => [["ticket", "set"], result.sets.map((s) => [s.ticket, s.set])],
  sheets: () => [["ticket", "sheets"], result.sheets.map((s) => [s.ticket, s.sheets.join(" · ")])],
  question_sets: () => [["set", "question"], result.sets.map((s, i) => [i + 1, s.length])],
}[purpose]());

const page = () => {
  const stored = new URLSearchParams(location.search).get("lang") ?? document.documentElement.lang;
  let lang = stored.startsWith("en") ? "en" : "zh";
  let last = null;
  const at = (id) => document.getElementById(id);
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const show = () => {
    const word = WORDS[lang];
    document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
    document.title = word.title;
    document.querySelectorAll("[data-word]").forEach((element) => { element.textContent = word[element.dataset.word]; });
    at("find").placeholder = word.findWhat;
    at("answer").hidden = last === null;
    if (last === null) return;
    const good = last.verdict === "established";
    at("verdict").className = good ? "verdict good" : "verdict bad";
    at("verdict").textContent = `${good ? "✓" : "✗"} ${good ? word.established : word.refuted}`;
    at("checks").replaceChildren(...last.checks.map(({ name, ok, detail }) => {
      const line = make("li", undefined, ok ? "good" : "bad");
      line.append(make("b", `${ok ? "✓" : "✗"} ${word[name]}`), make("span", detail, "detail"));
      return line;
    }));
    at("cannot").replaceChildren(...last.not_established.map((name) => make("li", word[name])));
    const draw = last.document;
    at("about").hidden = draw === null;
    if (draw === null) return;
    const facts = [
      ["drawn", word.purpose[draw.purpose]], ["subject", draw.subject], ["rule_set", draw.rule_set],
      ["at", new Date(draw.at).toLocaleString(lang === "en" ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai" })],
      ["parties", draw.parties.map((p) => p.name).join(", ")], ["number", draw.public_number ?? word.none],
    ];
    at("facts").replaceChildren(...facts.flatMap(([name, text]) => [make("dt", word[name]), make("dd", text)]));
    table(draw, word);
  };
  const table = (draw, word) => {
    let heads, rows;
    try { [heads, rows] = rowsOf(draw); } catch { [heads, rows] = [[], []]; }
    const wanted = at("find").value.trim().toLowerCase();
    const fits = (row) => wanted === "" || row.some((cell) => String(cell).toLowerCase().includes(wanted));
    const head = make("tr");
    head.append(...heads.map((name) => { const th = make("th", word[name]); th.scope = "col"; return th; }));
    at("head").replaceChildren(head);
    at("rows").replaceChildren(...rows.filter(fits).map((row) => {
      const line = make("tr");
      line.append(...row.map((cell) => make("td", cell)));
      return line;
    }));
  };
  const check = () => { last = verify(at("text").value); show(); at("verdict").focus(); };
  at("file").addEventListener("change", async ({ target }) => {
    if (target.files.length === 0) return;
    at("text").value = await target.files[0].text();
    check();
  });
  at("form").addEventListener("submit", (event) => { event.preventDefault(); check(); });
  at("find").addEventListener("input", () => last?.document && table(last.document, WORDS[lang]));
  at("lang").addEventListener("click", () => { lang = lang === "en" ? "zh" : "en"; show(); });
  if (!selfTest()) { at("broken").hidden = false; at("form").hidden = true; }
  show();
};

if (typeof document === "undefined") module.exports = { verify, selfTest, sha256, chachaBlock };
else page();
