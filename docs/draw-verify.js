// Does every draw of docs/draw.md again, in the browser, without a network. Nothing here comes from elsewhere: SHA-256,
// ChaCha20 and a strict reader of JSON are each one function below, and are checked against published vectors at load.
"use strict";

const bytesOf = (text) => new TextEncoder().encode(text);
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** SHA-256 (FIPS 180-4) of bytes. */
const sha256 = (message) => {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  const k = primes.map((p) => fraction(Math.cbrt(p)));
  const h = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
  const length = Math.ceil((message.length + 9) / 64) * 64;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(length - 4, message.length * 8);
  const right = (x, n) => (x >>> n) | (x << (32 - n));
  const w = new Uint32Array(64);
  for (let at = 0; at < length; at += 64) {
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) { w[i] = view.getUint32(at + 4 * i); continue; }
      const [a, b] = [w[i - 15], w[i - 2]];
      w[i] = w[i - 16] + (right(a, 7) ^ right(a, 18) ^ (a >>> 3)) + w[i - 7] + (right(b, 17) ^ right(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, last] = h;
    for (let i = 0; i < 64; i += 1) {
      const one = (last + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
      const two = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [last, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, last].forEach((word, i) => { h[i] = (h[i] + word) | 0; });
  }
  const out = new DataView(new ArrayBuffer(32));
  h.forEach((word, i) => out.setInt32(4 * i, word));
  return new Uint8Array(out.buffer);
};

/** One block of ChaCha20 (RFC 8439): 16 words from a key of 32 bytes and the last four words of the state. */
const chachaBlock = (key, tail) => {
  const view = new DataView(key.buffer, key.byteOffset, 32);
  const start = Uint32Array.from([
    0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
    ...Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true)), ...tail,
  ]);
  const s = start.slice();
  const quarter = (a, b, c, d) => {
    for (const [x, y, z, n] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
      s[x] += s[y];
      const mixed = s[z] ^ s[x];
      s[z] = (mixed << n) | (mixed >>> (32 - n));
    }
  };
  for (let round = 0; round < 10; round += 1) {
    for (let i = 0; i < 4; i += 1) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i += 1) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  return s.map((word, i) => word + start[i]);
};

/** The numbers of 64 bits of a seed: block counter of 64 bits and nonce start at zero. */
function* stream(seed) {
  for (let counter = 0; ; counter += 1) {
    const block = chachaBlock(seed, [counter >>> 0, Math.floor(counter / 2 ** 32), 0, 0]);
    for (let i = 0; i < 16; i += 2) yield BigInt(block[i]) | (BigInt(block[i + 1]) << 32n);
  }
}

/** One of n, each exactly as likely. */
const pick = (numbers, n) => {
  const limit = ((1n << 64n) / BigInt(n)) * BigInt(n);
  for (;;) {
    const { value } = numbers.next();
    if (value < limit) return Number(value % BigInt(n));
  }
};

const take = (numbers, list) => list.splice(pick(numbers, list.length), 1)[0];
const shuffle = (numbers, items) => {
  const left = [...items];
  return items.map(() => take(numbers, left));
};

// ---- The draws of section 5 ----

const drawSeating = ({ candidates, rooms }, numbers) => {
  const filled = rooms.map(() => 0);
  for (const _ of candidates) {
    const open = rooms.map((_, i) => i).filter((i) => filled[i] < rooms[i].seats);
    if (!open.length) throw new Error("seats");
    filled[open.reduce((best, i) => (filled[i] < filled[best] ? i : best))] += 1;
  }
  const places = rooms.flatMap((room, i) => Array.from({ length: filled[i] }, (_, seat) => ({ room: room.code, seat: seat + 1 })));
  return { seats: shuffle(numbers, candidates).map((ticket, i) => ({ ticket, ...places[i] })) };
};

const drawSets = ({ seats, row, sets, avoid }, numbers) => {
  const where = new Map(seats.map((seat, i) => [`${seat.room}\n${seat.seat}`, i]));
  const drawn = new Map();
  const line = (seat) => Math.floor((seat - 1) / row);
  for (const i of shuffle(numbers, seats.map((_, index) => index))) {
    const { room, seat } = seats[i];
    const beside = [seat - row, seat + row, ...[seat - 1, seat + 1].filter((s) => line(s) === line(seat))];
    const taken = new Set(avoid ? beside.map((s) => drawn.get(where.get(`${room}\n${s}`))) : []);
    const all = Array.from({ length: sets }, (_, number) => number + 1);
    const left = all.filter((set) => !taken.has(set));
    const from = left.length ? left : all;
    drawn.set(i, from[pick(numbers, from.length)]);
  }
  return { sets: seats.map(({ ticket }, i) => ({ ticket, set: drawn.get(i) })) };
};

const drawSheets = ({ candidates, parts }, numbers) => ({
  sheets: candidates.map((ticket) => ({ ticket, sheets: parts.map((part) => part[pick(numbers, part.length)]) })),
});

const drawQuestionSets = (input, numbers) => {
  const names = ["true_false", "single", "multiple"];
  const shares = input.shares ?? [];
  if (shares.length && names.some((name) => input[name].length)) throw new Error("questions beside the shares");
  const stocks = shares.length
    ? shares.map(({ questions, count }) => ({ questions, count }))
    : names.map((name) => ({ questions: input[name], count: input.blueprint[name] }));
  const types = stocks.map(({ questions, count }) => ({ all: questions, fresh: [...questions], count }));
  const sets = [];
  for (let number = 0; number < input.sets; number += 1) {
    const set = [];
    for (const type of types) {
      if (type.count > type.all.length) throw new Error("questions");
      const dealt = [];
      let kept = [];
      for (let n = 0; n < type.count; n += 1) {
        if (!type.fresh.length) {
          kept = type.all.filter((question) => dealt.includes(question));
          type.fresh = type.all.filter((question) => !dealt.includes(question));
        }
        dealt.push(take(numbers, type.fresh));
      }
      if (kept.length) {
        const fresh = new Set([...type.fresh, ...kept]);
        type.fresh = type.all.filter((question) => fresh.has(question));
      }
      set.push(...dealt);
    }
    sets.push(set);
  }
  return { sets };
};

/** A way to fill posts: `who` has the person of each post, `at` the post of each person. Grows by augmenting paths. */
class Matching {
  constructor(eligible) { Object.assign(this, { eligible, who: new Map(), at: new Map(), gone: new Set() }); }

  /** Finds somebody for a post, moving others on where that helps; `open` says which posts may be touched. */
  fill(post, open, seen = new Set()) {
    for (const person of this.eligible[post]) {
      if (this.gone.has(person) || seen.has(person)) continue;
      seen.add(person);
      const other = this.at.get(person);
      if (other === undefined || (open(other) && this.fill(other, open, seen))) {
        this.set(post, person);
        return true;
      }
    }
    return false;
  }

  set(post, person) {
    const before = this.who.get(post);
    if (before !== undefined && this.at.get(before) === post) this.at.delete(before);
    this.who.set(post, person);
    this.at.set(person, post);
  }

  /** Whether a person may take a post so that all open posts stay filled; if so it is done. */
  place(post, person, open) {
    const [who, at] = [new Map(this.who), new Map(this.at)];
    const other = this.at.get(person);
    const before = this.who.get(post);
    if (before !== undefined) this.at.delete(before);
    this.who.set(post, person);
    this.at.set(person, post);
    this.gone.add(person);
    if (other === undefined || other === post) return true;
    this.who.delete(other);
    if (this.fill(other, open)) return true;
    Object.assign(this, { who, at });
    this.gone.delete(person);
    return false;
  }
}

const drawStaff = ({ posts, people, eligible }, numbers) => {
  const ascending = (codes) => codes.every((code, i) => i === 0 || codes[i - 1] < code);
  if (eligible.length !== posts.length || ![people, ...eligible].every(ascending)) throw new Error("table");
  if (!eligible.flat().every((code) => people.includes(code))) throw new Error("table");
  const all = posts.map((_, i) => i);
  const reserve = (i) => posts[i].kind.startsWith("reserve_");
  const order = [...shuffle(numbers, all.filter((i) => !reserve(i))), ...all.filter(reserve)];
  const matching = new Matching(eligible);
  if (!order.every((post) => matching.fill(post, () => true))) throw new Error("posts");
  const filled = [];
  const done = new Set();
  for (const post of order) {
    done.add(post);
    const open = (other) => !done.has(other);
    const choices = eligible[post].filter((person) => {
      if (matching.gone.has(person)) return false;
      const trial = Object.assign(new Matching(eligible), { who: new Map(matching.who), at: new Map(matching.at), gone: new Set(matching.gone) });
      return trial.place(post, person, open);
    });
    const person = choices[pick(numbers, choices.length)];
    matching.place(post, person, open);
    filled.push({ post: posts[post].code, person, among: choices.length });
  }
  return { filled };
};

// ---- Reading ----

/** JSON as RFC 8259 has it, stricter: no field twice, whole numbers of at most 2^53 - 1 only. */
const readJson = (text) => {
  let at = 0;
  const fail = () => { throw new Error(`JSON, ${at}`); };
  const space = () => { while (" \t\r\n".includes(text[at]) && at < text.length) at += 1; };
  const expect = (word) => { if (!text.startsWith(word, at)) fail(); at += word.length; };
  const string = () => {
    const match = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    match.lastIndex = at;
    const found = match.exec(text) ?? fail();
    at += found[0].length;
    return JSON.parse(found[0]);
  };
  const list = (open, close, item) => {
    expect(open);
    space();
    if (text[at] === close) { at += 1; return; }
    for (;;) {
      item();
      space();
      if (text[at] === close) { at += 1; return; }
      expect(",");
      space();
    }
  };
  const value = () => {
    space();
    if (text[at] === "{") {
      const object = Object.create(null);
      list("{", "}", () => {
        const key = string();
        space();
        expect(":");
        if (key in object) fail();
        object[key] = value();
      });
      return object;
    }
    if (text[at] === "[") {
      const items = [];
      list("[", "]", () => items.push(value()));
      return items;
    }
    if (text[at] === '"') return string();
    for (const [word, meaning] of [["true", true], ["false", false], ["null", null]]) {
      if (text.startsWith(word, at)) { at += word.length; return meaning; }
    }
    const match = /-?(?:0|[1-9][0-9]*)/y;
    match.lastIndex = at;
    const found = match.exec(text) ?? fail();
    at += found[0].length;
    const number = Number(found[0]);
    if (!Number.isSafeInteger(number) || Object.is(number, -0)) fail();
    return number;
  };
  const read = value();
  space();
  return at === text.length ? read : fail();
};

/** The canonical text (RFC 8785). */
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
};

// What a document may hold: "s" text, "n" number from 0, "p" from 1, "b" yes or no; "?" behind it: or null. A name with
// "?" may be missing.
const party = { name: "s", commitment: "s", secret: "s" };
const seat = { ticket: "s", room: "s", seat: "n" };
const blueprint = { true_false: "n", single: "n", multiple: "n", points: "n" };
const share = { kind: "s", subject: "s", difficulty: "s", count: "n", questions: ["s"] };
const purposes = {
  staff: {
    draw: drawStaff,
    input: {
      sessions: ["s"], posts: [{ code: "s", session: "s", kind: "s", place: "s" }],
      people: ["s"], rules: [{ session: "s", duty: "s", rule: "s", people: "n" }],
      band_width: "n", limits: { invigilating: "n?", examining: "n?" }, basis_hash: "s", eligible: [["s"]],
    },
    result: { filled: [{ post: "s", person: "s", among: "n" }] },
  },
  seating: { draw: drawSeating, input: { candidates: ["s"], rooms: [{ code: "s", seats: "n" }] }, result: { seats: [seat] } },
  sets: { draw: drawSets, input: { seats: [seat], row: "p", sets: "n", avoid: "b" }, result: { sets: [{ ticket: "s", set: "n" }] } },
  sheets: { draw: drawSheets, input: { candidates: ["s"], parts: [["s"]] }, result: { sheets: [{ ticket: "s", sheets: ["s"] }] } },
  question_sets: {
    draw: drawQuestionSets,
    input: { true_false: ["s"], single: ["s"], multiple: ["s"], blueprint, sets: "n", "shares?": [share] },
    result: { sets: [["s"]] },
  },
};
const head = {
  version: "s", purpose: "s", subject: "s", rule_set: "s", at: "n", parties: [party], public_number: "s?",
  input_hash: "s", seed: "s",
};

const fits = (value, shape) => {
  if (typeof shape === "string") {
    if (shape.endsWith("?") && value === null) return true;
    if (shape[0] === "s") return typeof value === "string";
    if (shape[0] === "b") return typeof value === "boolean";
    return typeof value === "number" && value >= (shape[0] === "p" ? 1 : 0);
  }
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((item) => fits(item, shape[0]));
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const names = Object.keys(shape).map((key) => [key.replace("?", ""), shape[key]]);
  const present = names.filter(([name]) => name in value);
  const missing = Object.keys(shape).filter((key) => !key.endsWith("?") && !(key in value));
  return !missing.length && Object.keys(value).length === present.length
    && present.every(([name, inner]) => fits(value[name], inner));
};

// ---- The checks ----

const wellFormed = (document) => {
  const purpose = Object.hasOwn(purposes, document?.purpose) ? purposes[document.purpose] : undefined;
  if (document?.version !== "kaodian-draw/1" || !purpose) return false;
  if (!fits(document, { ...head, input: purpose.input, result: purpose.result })) return false;
  const { parties, subject, public_number: number } = document;
  const secrets = parties.map(({ secret }) => secret);
  const names = parties.map(({ name }) => name);
  const sorted = names.every((name, i) => i === 0 || hexOf(bytesOf(names[i - 1])) < hexOf(bytesOf(name)));
  const secret = (text) => /^(?:[0-9a-f]{2}){16,}$/.test(text);
  return subject !== "" && number !== "" && parties.length > 0 && names.every(Boolean) && sorted
    && secrets.every(secret) && new Set(secrets).size === secrets.length;
};

const seedOf = (document, inputHash) => {
  const { version, purpose, subject, rule_set: rules, public_number: number, parties } = document;
  const fields = [version, purpose, subject, rules, inputHash, number ?? ""].map(bytesOf);
  for (const { name, secret } of parties) fields.push(bytesOf(name), fromHex(secret));
  const all = fields.flatMap((field) => [...bytesOf(`${field.length}:`), ...field, 44]);
  return sha256(Uint8Array.from(all));
};

const redone = (document, seed) => {
  try {
    return purposes[document.purpose].draw(document.input, stream(seed));
  } catch {
    return null;
  }
};

/** The checks of a transcript: names with yes or no, and the document if it can be read. */
const verify = (text) => {
  let document;
  try {
    document = readJson(text);
  } catch {
    return { established: false, checks: [["form", false]] };
  }
  if (!wellFormed(document)) return { established: false, checks: [["form", false]] };
  const inputHash = hexOf(sha256(bytesOf(canonical(document.input))));
  const seed = seedOf(document, inputHash);
  const checks = [
    ["form", true],
    ["commitments", document.parties.every(({ commitment, secret }) => commitment === hexOf(sha256(fromHex(secret))))],
    ["input_hash", document.input_hash === inputHash],
    ["seed", document.seed === hexOf(seed)],
    ["result", canonical(redone(document, seed)) === canonical(document.result)],
  ];
  return { established: checks.every(([, ok]) => ok), checks, document };
};

/** That the functions above are what they are called. */
const selfTest = () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const block = chachaBlock(key, [1, 0x09000000, 0x4a000000, 0]);
  const first = [0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3];
  const second = [0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2];
  return hexOf(sha256(bytesOf("abc"))) === abc && [...first, ...second].every((word, i) => block[i] === word);
};

// ---- The page ----

const words = {
  zh: {
    title: "抽取核验", what: "在您自己的设备上重新进行一次抽取。文件不会被发送到任何地方，断网也可以使用。",
    choose: "选择抽取记录", file: "抽取记录文件（JSON）", text: "或粘贴其内容", check: "核验", checks: "核验项目", result: "抽取结果",
    open: "记录本身不能证明的事项", yes: "成立：结果确由输入和秘密得出。", no: "不成立：记录与自身不符。", other: "English",
    broken: "本页的计算函数自检未通过，请换一个浏览器。", holds: "符合", fails: "不符",
    purpose: "抽取种类", subject: "对象", rules: "规则集", at: "时间", parties: "参与方", number: "公开数字", none: "无",
    columns: { post: "岗位", person: "人员编号", among: "从几人中抽取", ticket: "准考证号", room: "考场", seat: "座位", set: "套题", sheets: "评分表", ids: "试题编号" },
    kinds: { staff: "监考员与考评员", seating: "座位", sets: "考生套题", sheets: "实操评分表", question_sets: "组套题" },
    form: "格式：字段齐全，没有多余或重复的字段", commitments: "各方公开的秘密与其承诺一致", input_hash: "输入的摘要",
    seed: "随机种子", result_check: "重新抽取得到同样的结果",
    not: [
      "承诺是否在输入冻结之前公布：请与当时的日志对照。", "输入是否属实：人员库、工作量、回避申报、考生名单。",
      "是否没有为同一对象另外抽取后弃用：请与日志对照。", "公开之前是否至少有一方对其他方保守了秘密。",
      "抽取是否确在所写时间进行，公开数字是否事先预告。",
    ],
    basis: "谁可以担任哪个岗位（eligible）是否由依据文件得出：有权取得依据的人用服务器程序核验。",
  },
  en: {
    title: "Check a draw", what: "Does a draw again on your own device. The file is sent nowhere; it works without a network.",
    choose: "Choose a transcript", file: "File of the transcript (JSON)", text: "Or paste its text", check: "Check", checks: "Checks", result: "Result",
    open: "What no transcript shows by itself", yes: "Established: the result follows from the input and the secrets.",
    no: "Refuted: the transcript contradicts itself.", other: "中文",
    broken: "The functions of this page fail their own test. Use another browser.", holds: "holds", fails: "fails",
    purpose: "Kind of draw", subject: "Drawn for", rules: "Rule set", at: "Time", parties: "Parties", number: "Public number", none: "none",
    columns: { post: "Post", person: "Person code", among: "Drawn from", ticket: "Ticket", room: "Room", seat: "Seat", set: "Set", sheets: "Sheets", ids: "Questions" },
    kinds: { staff: "invigilators and examiners", seating: "seats", sets: "question sets for candidates", sheets: "practical sheets", question_sets: "question sets of a bank" },
    form: "Form: every field is there, none too many, none twice", commitments: "The secrets fit the commitments of the parties",
    input_hash: "Digest of the input", seed: "Seed", result_check: "The draw, done again, gives the same result",
    not: [
      "That the commitments were published before the input was frozen: compare with the log of that time.",
      "That the input is true: pool, duties so far, conflicts, candidates.",
      "That no other draw for the same subject was run and put aside: compare with the log.",
      "That at least one party kept its secret from the others until the reveal.",
      "That it was drawn at the time given, and that the public number was announced beforehand.",
    ],
    basis: "That the table of who may take which post (eligible) follows from the basis: those who may have the basis check it with the server's program.",
  },
};

const start = () => {
  let lang = navigator.language.startsWith("zh") ? "zh" : "en";
  let last = null;
  const byId = (id) => document.getElementById(id);
  const make = (tag, text, kind) => Object.assign(document.createElement(tag), { textContent: text, className: kind ?? "" });

  const table = (result) => {
    const items = Object.values(result)[0].map((item) => (Array.isArray(item) ? { ids: item.join(" ") } : item));
    const names = Object.keys(items[0] ?? {});
    const line = (tag, texts) => { const tr = document.createElement("tr"); tr.append(...texts.map((text) => make(tag, text))); return tr; };
    byId("head").replaceChildren(line("th", names.map((name) => words[lang].columns[name] ?? name)));
    byId("rows").replaceChildren(...items.map((item) => line("td", names.map((name) => [item[name]].flat().join(" ")))));
  };

  const show = () => {
    const say = words[lang];
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = say.title;
    for (const element of document.querySelectorAll("[data-say]")) element.textContent = say[element.dataset.say];
    for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say[element.dataset.label]);
    Object.assign(byId("language"), { textContent: say.other, lang: lang === "zh" ? "en" : "zh-CN" });
    byId("fault").textContent = say.broken;
    byId("answer").hidden = last === null;
    if (last === null) return;
    Object.assign(byId("verdict"), { textContent: last.established ? say.yes : say.no, className: last.established ? "good" : "bad" });
    const sentence = (name) => (name === "result" ? say.result_check : say[name]);
    byId("checks").replaceChildren(...last.checks.map(([name, ok]) => make("li", `${sentence(name)}: ${ok ? say.holds : say.fails}`, ok ? "good" : "bad")));
    const read = last.document;
    const facts = read
      ? [
        [say.purpose, say.kinds[read.purpose]], [say.subject, read.subject], [say.rules, read.rule_set],
        [say.at, new Date(read.at).toISOString()], [say.parties, read.parties.map(({ name }) => name).join(", ")],
        [say.number, read.public_number ?? say.none], [say.input_hash, read.input_hash], [say.seed, read.seed],
      ]
      : [];
    byId("about").replaceChildren(...facts.flatMap(([name, value]) => [make("dt", name), make("dd", value)]));
    byId("head").replaceChildren();
    byId("rows").replaceChildren();
    if (read) table(read.result);
    const open = read?.purpose === "staff" ? [say.basis, ...say.not] : say.not;
    byId("open").replaceChildren(...open.map((text) => make("li", text)));
  };

  const check = (text) => { last = verify(text); show(); };
  byId("language").addEventListener("click", () => { lang = lang === "zh" ? "en" : "zh"; show(); });
  byId("check").addEventListener("click", () => check(byId("text").value));
  byId("file").addEventListener("change", async ({ target }) => { if (target.files[0]) check(await target.files[0].text()); });
  const sound = selfTest();
  byId("fault").hidden = sound;
  byId("check").disabled = byId("file").disabled = !sound;
  show();
};

if (typeof document === "undefined") module.exports = { verify, selfTest };
else start();
