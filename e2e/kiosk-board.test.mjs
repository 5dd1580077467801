// The calling board: the newest call first and largest, names masked, a lost line said calmly.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, sound } from "./lib.mjs";
import { checkIn, drawnPortrait, masked, signIn, startSite } from "./kiosk-site.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startSite({ candidates: 5, portrait: await drawnPortrait(browser) });
});
after(async () => {
  await site?.stop();
  await browser.close();
});

test("nobody is called and nobody waits: the board says so", async () => {
  for (const lang of languages) {
    const board = await open(browser, { lang, size: "board" });
    await board.goto(`${site.url}/board?lang=${lang}`);
    await board.getByText(say(lang, "kiosk-board-nobody-called")).waitFor();
    await board.getByText(say(lang, "kiosk-board-nobody-waits")).waitFor();
    await sound(board);
    await board.context().close();
  }
});

test("a call is on the board within moments, the newest first and largest, and goes when the person is admitted", async () => {
  const lang = "zh";
  const board = await open(browser, { lang, size: "board" });
  await board.goto(`${site.url}/board?lang=${lang}`);
  const kiosk = await open(browser, { lang, size: "kiosk" });
  const desk = await open(browser, { lang });
  await signIn(desk, site, lang);
  for (const candidate of [1, 2, 3]) {
    await checkIn(kiosk, site, say, lang, candidate);
    await desk.getByRole("button", { name: say(lang, "kiosk-compare-same") }).click();
    await board.locator(".waiting li", { hasText: `00${candidate}` }).waitFor();
  }
  const next = desk.getByRole("button", { name: say(lang, "kiosk-queue-call-next") });
  await desk.getByLabel(say(lang, "kiosk-desk-window")).fill("三号窗口");
  await next.click();
  await board.locator(".newest .number", { hasText: "001" }).waitFor();
  await desk.getByLabel(say(lang, "kiosk-desk-window")).fill("四号窗口");
  await next.click();
  await board.locator(".newest .number", { hasText: "002" }).waitFor();
  await board.locator(".newest .to", { hasText: "四号窗口" }).waitFor();
  await board.locator(".called li", { hasText: "三号窗口" }).waitFor();
  await board.locator(".newest", { hasText: masked(2) }).waitFor();
  const height = (selector) => board.locator(selector).first().evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
  // On a screen of 55 inches 63 pixels are 4 centimetres: what eight metres need.
  assert.ok((await height(".newest .number")) > (await height(".called .number")));
  for (const selector of [".called .number", ".called .to", ".waiting .number", ".newest .to b"]) {
    assert.ok((await height(selector)) >= 63, selector);
  }
  const fits = await board.evaluate(() => document.documentElement.scrollHeight <= innerHeight);
  assert.ok(fits, "nobody scrolls a board");
  assert.doesNotMatch(await board.locator("body").innerText(), /\d{15}/);
  await sound(board);
  await picture(board, "board-calls-zh");
  await desk.getByRole("button", { name: say(lang, "kiosk-queue-admit") }).first().click();
  await board.locator(".newest .number", { hasText: "001" }).waitFor();
  for (const page of [board, kiosk, desk]) await page.context().close();
});

test("in the dark, with high contrast and in English the board can be read too", async () => {
  for (const [lang, media] of [["en", { colorScheme: "dark" }], ["zh", { colorScheme: "dark" }], ["en", { contrast: "more" }]]) {
    const board = await open(browser, { lang, size: "board" });
    await board.emulateMedia(media);
    await board.goto(`${site.url}/board?lang=${lang}`);
    await board.getByRole("heading", { name: say(lang, "kiosk-board-rooms") }).waitFor();
    await sound(board);
    await picture(board, `board-${Object.values(media)[0]}-${lang}`);
    await board.context().close();
  }
});

test("a board that gets no answer says so calmly, keeps what it shows, and goes on by itself", async () => {
  const board = await open(browser, { size: "board" });
  await board.goto(`${site.url}/board?lang=zh`);
  await board.locator(".newest").waitFor();
  const lost = board.getByText(say("zh", "kiosk-board-no-answer"));
  await board.route("**/part/board*", (route) => route.abort());
  await lost.waitFor();
  assert.ok(await board.locator(".newest").isVisible());
  await board.unroute("**/part/board*");
  await lost.waitFor({ state: "hidden" });
  await board.context().close();
});
