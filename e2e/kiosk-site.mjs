// An exam point of its own for a browser test: the real kiosk program with simulated devices, and the centre's side of
// the talk as small as it can be. So a test knows who comes, which certificates are ready, and when the line is cut.
import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.KAODIAN_KIOSK_PROGRAM ?? new URL("../target/debug/kaodian-kiosk", import.meta.url).pathname;
const indexKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const index = (text) => createHmac("sha256", Buffer.from(indexKey, "hex")).update(text).digest("hex");

/** A valid identity number for each candidate from 1 on (GB 11643: weights, remainder, check character). */
export const idNumber = (candidate) => {
  const body = `11010519900517${String(candidate * 2 + 1).padStart(3, "0")}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return body + "10X98765432"[sum % 11];
};
export const ticket = (candidate) => `T${String(candidate).padStart(4, "0")}`;
export const secret = (candidate) => `secret-of-candidate-${candidate}`;
export const masked = (candidate) => `王*${String.fromCodePoint(0x4e00 + candidate)}`;
export const certificate = (candidate) => `C${String(candidate).padStart(4, "0")}`;

const minute = 60_000;
const dayInChina = (at) => new Date(at + 8 * 60 * minute).toISOString().slice(0, 10);

const rules = () =>
  readFileSync(new URL("../fixtures/rules/national-2026.1.toml", import.meta.url), "utf8")
    // A test does not wait a minute between two calls.
    .replace(/recall_after_seconds = \d+/, "recall_after_seconds = 2");

const day = (candidates, certificates, portrait, pdf, places, roomOf) => {
  const startsAt = Date.now() + 60 * minute;
  return {
    version: 1, revision: 1, kiosk: "K1", point: "P1", point_zh: "第一考点", point_en: "Exam point 1",
    // The day by which the kiosk counts is that of now, also an hour before midnight.
    day: dayInChina(Date.now()), issued_at: Date.now(), controlled_clock: false, index_key: indexKey,
    rule_sets: [rules()],
    sessions: [{
      session: "S1", rule_set: "national@2026.1", trade: "electrician-low-voltage", trade_zh: "低压电工作业",
      trade_en: "Low-voltage electrician", starts_at: startsAt,
      candidates: Array.from({ length: candidates }, (_, at) => at + 1).map((candidate) => ({
        ticket: ticket(candidate), id_index: index(idNumber(candidate)), secret_index: index(secret(candidate)),
        name_masked: masked(candidate), id_masked: `${"*".repeat(14)}${idNumber(candidate).slice(-4)}`,
        room: roomOf(candidate)[0].split(":")[1], room_zh: roomOf(candidate)[1], room_en: roomOf(candidate)[2],
        seat: candidate, portrait: sha256(portrait),
      })),
    }],
    certificates: Array.from({ length: certificates }, (_, at) => at + 1).map((candidate) => ({
      certificate: certificate(candidate), ticket: ticket(candidate), name_masked: masked(candidate),
      due: "2026-10-13", pdf: sha256(pdf), printed: false,
    })),
    staff: [{ login: "staff-1", name: "桂思远" }, { login: "staff-2", name: "项南" }],
    places: places.map(([place, name_zh, name_en]) => ({ place, name_zh, name_en })),
    numbers: { first: 1, last: 999 },
  };
};

const centre = (bundle, files) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keys = { keys: [{ kty: "OKP", crv: "Ed25519", kid: "bundle-1", use: "sig", x: publicKey.export({ format: "jwk" }).x }] };
  const text = JSON.stringify(bundle);
  const signed = { bundle: text, kid: "bundle-1", signature: sign(null, Buffer.from(text), privateKey).toString("base64url") };
  const entries = [];
  const status = () => ({
    highest: entries.length, hash: entries.at(-1)?.hash ?? "0".repeat(64), dead_letters: [], revision: 1,
    server_time: Date.now(),
  });
  const answer = (method, path, body) => {
    if (path === "/api/v1/kiosk/enrol") return { kiosk: "K1", point: "P1", server_time: Date.now(), keys };
    if (path === "/api/v1/kiosk/bundle") return signed;
    if (path === "/api/v1/kiosk/journal") {
      if (method === "POST") entries.push(...JSON.parse(body).entries.filter((entry) => entry.seq > entries.length));
      return status();
    }
    const name = /^\/api\/v1\/kiosk\/blobs\/(\w+)$/.exec(path)?.[1];
    if (name && method === "PUT") files.set(name, body);
    return files.get(name);
  };
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const told = answer(request.method, request.url, Buffer.concat(parts));
      const body = told === undefined || Buffer.isBuffer(told) ? told : JSON.stringify(told);
      response.writeHead(told === undefined ? 404 : 200).end(body);
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ server, entries })));
};

const oneRoom = ["room:R1", "第一考场", "Room 1"];

/**
 * Starts an exam point. `portrait` is the JPEG that everybody has registered; `change` changes the day before it is given out;
 * `printer` is what stands under [printer] instead of a file printer; `places` are codes with their names, `roomOf` says which of
 * them is somebody's room, and `voice` is the section of the configuration.
 */
export const startSite = async ({
  candidates = 4, certificates = 0, portrait, change = (day) => day, printer, places = [], roomOf = () => oneRoom, voice = "",
}) => {
  const pdf = Buffer.from("%PDF-1.4 not really");
  const files = new Map([[sha256(portrait), portrait], [sha256(pdf), pdf]]);
  const made = day(candidates, certificates, portrait, pdf, places, roomOf);
  const { server, entries } = await centre(change(made), files);
  const directory = mkdtempSync(join(tmpdir(), "kaodian-kiosk-"));
  const at = (name) => JSON.stringify(join(directory, name));
  writeFileSync(
    join(directory, "kiosk.toml"),
    `server = "http://127.0.0.1:${server.address().port}"\ndata_dir = ${at("data")}\nlisten = "127.0.0.1:0"\n` +
      `scenario_socket = ${at("scenario")}\nsync_seconds = 1\n[camera]\nkind = "sim"\n[reader]\nkind = "sim"\n` +
      `[printer]\n${printer ?? `kind = "file"\ndir = ${at("printed")}\ndeadline_seconds = 2`}\n${voice}`,
  );
  const child = spawn(program, ["run", "--config", join(directory, "kiosk.toml"), "--enrol-code", "code"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error("the kiosk did not start")));
    child.stdout.on("data", (data) => {
      const ready = /ready (\S+)/.exec(String(data));
      if (ready) resolve(ready[1]);
    });
  });
  const site = {
    url,
    entries,
    post: async (path, body) => {
      const headers = { "content-type": "application/json", "x-kaodian-kiosk": "1" };
      const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${text}`);
      return text && JSON.parse(text);
    },
    state: async () => (await fetch(`${url}/api/state`)).json(),
    devices: (change) =>
      new Promise((resolve, reject) => {
        const socket = createConnection(join(directory, "scenario"), () => socket.write(`${JSON.stringify(change)}\n`));
        socket.on("error", reject);
        socket.on("data", (data) => {
          socket.end();
          const answer = JSON.parse(String(data));
          if (answer.ok) resolve();
          else reject(new Error(answer.error));
        });
      }),
    stop: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      server.closeAllConnections();
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  while ((await site.state()).sync.files_missing > 0 || (await site.state()).day === null) {
    await fetch(`${url}/api/sync`, { method: "POST", headers: { "content-type": "application/json", "x-kaodian-kiosk": "1" }, body: "{}" });
  }
  return site;
};

/** A JPEG as the browser makes it. */
export const drawnPortrait = async (browser) => {
  const page = await browser.newPage();
  const data = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 250, height: 350 });
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#dfe7ee";
    ink.fillRect(0, 0, 250, 350);
    ink.fillStyle = "#b98e6f";
    ink.arc(125, 150, 70, 0, 7);
    ink.fill();
    return canvas.toDataURL("image/jpeg").split(",")[1];
  });
  await page.close();
  return Buffer.from(data, "base64");
};

/** Puts somebody before the camera and walks him through check-in up to the screen that sends him to the desk. */
export const checkIn = async (page, site, say, lang, candidate) => {
  await site.devices({ picture_seed: `candidate ${candidate}` });
  await typeNumber(page, site, say, lang, idNumber(candidate));
  await page.getByRole("button", { name: say(lang, "kiosk-photo-go") }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-photo-keep") }).click();
  await page.getByRole("heading", { name: say(lang, "kiosk-progress-photographed") }).waitFor();
};

/** Checks somebody in, has him photographed and compared: he has a number. */
export const queueUp = async (site, candidate) => {
  await site.post("/api/check-in", { id_number: idNumber(candidate) });
  await site.post("/api/photo", { ticket: ticket(candidate) });
  await site.post("/api/compare", { ticket: ticket(candidate), verdict: "same", staff: "staff-1" });
};

/** Types a number on the pad and sends it. */
export const typeNumber = async (page, site, say, lang, number) => {
  await page.goto(`${site.url}/?lang=${lang}`);
  await page.getByRole("button", { name: say(lang, "kiosk-way-number") }).click();
  for (const key of number) await page.getByRole("button", { name: key, exact: true }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-number-go"), exact: true }).click();
};

/** Opens the desk and chooses the first name. */
export const signIn = async (page, site, lang) => {
  await page.goto(`${site.url}/desk?lang=${lang}`);
  await page.getByRole("button", { name: "桂思远" }).click();
};
