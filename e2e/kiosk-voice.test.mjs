// The voice: the board plays each call, in order, one at a time, and says when it began and ended.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchSpeaking, open, say } from "./lib.mjs";
import { drawnPortrait, queueUp, signIn, startSite } from "./kiosk-site.mjs";

let browser;
let folder;
before(async () => {
  browser = await launchSpeaking();
  folder = mkdtempSync(join(tmpdir(), "kaodian-voice-"));
  const words = ["qing", ..."0123456789", "hao", "kaosheng", "dao", "place-一号窗口", "place-第一考场"];
  for (const word of words) writeFileSync(join(folder, `${word}.wav`), tone(40));
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A WAV file of so many milliseconds: 8000 Hz, one channel, 16 bits. */
const tone = (milliseconds) => {
  const samples = Math.round(8 * milliseconds);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]]) wav.writeUInt16LE(value, at);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(16000, 28);
  wav.write("data", 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) wav.writeInt16LE(Math.round(8000 * Math.sin(at / 3)), 44 + at * 2);
  return wav;
};

/** A board, and what its audio did, as the browser tells it: kind, file, time. `until` waits for so many of a kind. */
const listening = async (site) => {
  const board = await open(browser, { size: "board" });
  const heard = [];
  const waiting = [];
  const of = (kind) => heard.filter(([one]) => one === kind).length;
  await board.exposeFunction("audioDid", (...event) => {
    heard.push(event);
    for (const wish of waiting) if (of(wish.kind) >= wish.count) wish.done();
  });
  const until = (kind, count) =>
    new Promise((done) => (of(kind) >= count ? done() : waiting.push({ kind, count, done })));
  await board.addInitScript(() => {
    const constructor = globalThis.Audio;
    globalThis.Audio = function Audio() {
      const audio = new constructor();
      for (const kind of ["playing", "ended", "error"]) {
        audio.addEventListener(kind, () => globalThis.audioDid(kind, audio.src.split("/").pop(), Date.now()));
      }
      return audio;
    };
  });
  await board.goto(`${site.url}/board?lang=zh`);
  return { board, heard, until };
};

test("five quick calls are heard in their order and never two at once", async () => {
  const site = await startSite({ candidates: 5, voice: `[voice]\nkind = "snippets"\nfolder = ${JSON.stringify(folder)}\n`, portrait: await drawnPortrait(browser) });
  try {
    for (let candidate = 1; candidate <= 5; candidate += 1) await queueUp(site, candidate);
    const { board, heard, until } = await listening(site);
    const called = Date.now();
    for (let call = 0; call < 5; call += 1) await site.post("/api/call", { window: "一号窗口" });
    await until("ended", 5);
    const begun = heard.filter(([kind]) => kind === "playing");
    assert.deepEqual(heard.map(([kind]) => kind), Array.from({ length: 5 }, () => ["playing", "ended"]).flat(), "one ends before the next begins");
    assert.deepEqual(begun.map(([, file]) => file), [1, 2, 3, 4, 5].map((id) => `${id}.wav`));
    console.log(`from the call to the first playing event: ${begun[0][2] - called} ms`);
    // The page has still to tell the kiosk of the last end.
    let state = await site.state();
    while (state.voice.to_speak.length > 0) state = await site.state();
    assert.deepEqual(state.voice, { on: true, board: true, unheard: false, to_speak: [] });
    await board.context().close();
  } finally {
    await site.stop();
  }
});

test("a call by espeak-ng is heard from the board too", async () => {
  const site = await startSite({ candidates: 1, voice: '[voice]\nkind = "espeak"\n', portrait: await drawnPortrait(browser) });
  try {
    await queueUp(site, 1);
    const { board, heard, until } = await listening(site);
    const called = Date.now();
    await site.post("/api/call", { place: "room:R1" });
    await until("playing", 1);
    const [[, , at]] = heard;
    console.log(`from the call to the playing event, espeak-ng: ${at - called} ms`);
    await board.context().close();
  } finally {
    await site.stop();
  }
});

test("a browser that lets no page speak is told at the desk and on the board", async () => {
  const site = await startSite({ candidates: 1, voice: `[voice]\nkind = "snippets"\nfolder = ${JSON.stringify(folder)}\n`, portrait: await drawnPortrait(browser) });
  const mute = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--autoplay-policy=user-gesture-required"],
  });
  try {
    await queueUp(site, 1);
    const board = await mute.newPage();
    await board.goto(`${site.url}/board?lang=zh`);
    await site.post("/api/call", { window: "一号窗口" });
    // Whatever a test asks of a page counts as a touch there; so the kiosk is asked first.
    while (!(await site.state()).voice.unheard);
    await board.getByText(say("zh", "kiosk-board-no-sound")).waitFor();
    await board.close();
    const desk = await open(browser, { lang: "zh" });
    await signIn(desk, site, "zh");
    await desk.getByText(say("zh", "kiosk-voice-unheard-do")).waitFor();
    await desk.context().close();
  } finally {
    await mute.close();
    await site.stop();
  }
});
