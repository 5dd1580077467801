// The queues: staff call by place, send people elsewhere, give priority, pause and close; the board shows each place.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, sound } from "./lib.mjs";
import { drawnPortrait, masked, queueUp, signIn, startSite, ticket } from "./kiosk-site.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  const places = [["room:R1", "第一考场", "Room 1"], ["room:R2", "第二考场", "Room 2"], ["station:E1", "一号工位", "Station 1"]];
  site = await startSite({ candidates: 14, places, portrait: await drawnPortrait(browser) });
  for (let candidate = 1; candidate <= 8; candidate += 1) await queueUp(site, candidate);
});
after(async () => {
  await site?.stop();
  await browser.close();
});

const desk = async (lang) => {
  const page = await open(browser, { lang });
  await signIn(page, site, lang);
  await page.keyboard.press("Alt+4");
  await page.locator(".queue-card").first().waitFor();
  return page;
};
const card = (page, name) => page.locator(".queue-card", { has: page.getByRole("heading", { name, exact: true }) });
const order = async (where) => (await where.locator(".people-line .number").allInnerTexts()).map(Number);
const move = async (page, lang, candidate, option) => {
  await page.locator(`[data-person="${ticket(candidate)}"]`).click();
  const dialog = page.locator("dialog#person");
  if (option.place) {
    await dialog.getByLabel(say(lang, "kiosk-person-place")).selectOption(option.place);
    await dialog.getByRole("button", { name: say(lang, "kiosk-person-move"), exact: true }).click();
  } else if (option.reason) {
    await dialog.getByLabel(say(lang, "kiosk-person-priority"), { exact: true }).selectOption(option.reason);
    await dialog.getByRole("button", { name: say(lang, "kiosk-person-set"), exact: true }).click();
  } else {
    await dialog.getByRole("button", { name: say(lang, option.button), exact: true }).click();
  }
};

test("staff send people to another place, give priority, let them leave and come back", async () => {
  const lang = "zh";
  const page = await desk(lang);
  const [one, two] = [card(page, "第一考场"), card(page, "第二考场")];
  assert.deepEqual(await order(one), [1, 2, 3, 4, 5, 6, 7, 8]);
  await move(page, lang, 5, { place: "room:R2" });
  await page.getByText(say(lang, "kiosk-said-moved", { name: masked(5) })).waitFor();
  await move(page, lang, 3, { place: "room:R2" });
  await two.locator(".people-line li", { hasText: "003" }).waitFor();
  assert.deepEqual(await order(two), [3, 5], "by the time of joining");
  await move(page, lang, 7, { reason: "pregnant" });
  await one.locator(".tag", { hasText: say(lang, "kiosk-priority-pregnant") }).waitFor();
  assert.deepEqual(await order(one), [7, 1, 2, 4, 6, 8]);
  await move(page, lang, 4, { button: "kiosk-person-leave" });
  await one.getByText(say(lang, "kiosk-queue-away")).waitFor();
  await one.getByRole("button", { name: say(lang, "kiosk-queue-back") }).click();
  await page.getByText(say(lang, "kiosk-said-back", { name: masked(4) })).waitFor();
  assert.deepEqual(await order(one), [7, 1, 2, 6, 8, 4]);
  await move(page, lang, 8, { place: "room:R1" });
  await page.locator("dialog#person").getByText(say(lang, "kiosk-refused-same-place")).waitFor();
  await page.locator("#person-close").click();
  await sound(page);
  await page.context().close();
});

test("each place calls its own people by keyboard and mouse, pauses, and takes nobody new", async () => {
  for (const lang of languages) {
    const page = await desk(lang);
    const name = lang === "zh" ? "第二考场" : "Room 2";
    const two = card(page, name);
    const next = two.getByRole("button", { name: say(lang, "kiosk-queue-call-next") });
    await next.focus();
    await page.keyboard.press("Enter");
    await two.locator(".called .number").waitFor();
    await two.getByRole("button", { name: say(lang, "kiosk-place-pause"), exact: true }).click();
    await two.getByText(say(lang, "kiosk-place-paused")).first().waitFor();
    assert.ok(await next.isDisabled());
    await sound(page);
    await picture(page, `desk-queues-${lang}`);
    await two.getByRole("button", { name: say(lang, "kiosk-place-go-on"), exact: true }).click();
    await page.keyboard.press("Alt+a");
    await two.locator(".called").waitFor({ state: "detached" });
    await two.getByRole("button", { name: say(lang, "kiosk-place-close"), exact: true }).click();
    await two.getByText(`■ ${say(lang, "kiosk-place-closed")}`).waitFor();
    await two.getByRole("button", { name: say(lang, "kiosk-place-reopen"), exact: true }).click();
    await two.getByText(`✓ ${say(lang, "kiosk-place-open")}`).waitFor();
    await page.locator(`[data-person="${ticket(1)}"]`).click();
    await sound(page);
    await picture(page, `desk-person-${lang}`);
    await page.context().close();
  }
  const facts = site.entries.map((entry) => entry.fact.kind);
  for (const kind of ["transferred", "prioritised", "left_queue", "returned", "place_set"]) assert.ok(facts.includes(kind), kind);
});

test("the board shows each place, who comes next there, and what is paused", async () => {
  await site.post("/api/call", { place: "room:R1" });
  await site.post("/api/place", { place: "room:R2", state: "paused", staff: "staff-1" });
  await site.post("/api/place", { place: "station:E1", state: "closed", staff: "staff-1" });
  for (const lang of languages) {
    const board = await open(browser, { lang, size: "board" });
    await board.goto(`${site.url}/board?lang=${lang}`);
    await board.locator(".newest .number", { hasText: "007" }).waitFor();
    await board.locator(".place-paused", { hasText: say(lang, "kiosk-place-paused") }).waitFor();
    await board.locator(".place-closed", { hasText: say(lang, "kiosk-place-closed") }).waitFor();
    assert.equal(await board.locator(".place").count(), 3);
    const text = await board.locator("body").innerText();
    for (const reason of ["disabled", "pregnant"]) assert.ok(!text.includes(say(lang, `kiosk-priority-${reason}`)), "nobody reads why");
    await fits(board);
    await sound(board);
    await picture(board, `board-places-3-${lang}`);
    await board.context().close();
  }
});

/** That everything is on the screen and nothing is cut off that must be read. */
const fits = async (board) => {
  const wrong = await board.evaluate(() => {
    const outside = document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth;
    const cut = [...document.querySelectorAll(".place .number, .place .state, .newest .number")].filter((element) => {
      const box = element.getBoundingClientRect();
      const holder = (element.closest(".place") ?? element.closest(".newest")).getBoundingClientRect();
      return box.right > holder.right + 1 || box.bottom > holder.bottom + 1 || box.bottom > innerHeight;
    });
    return { outside, cut: cut.map((element) => element.textContent) };
  });
  assert.deepEqual(wrong, { outside: false, cut: [] });
};

test("a board of twelve places can be read without scrolling", async () => {
  const names = Array.from({ length: 12 }, (_, at) => [`room:Q${at + 1}`, `第${at + 1}考场（实训楼）`, `Room ${at + 1}, training hall`]);
  const many = await startSite({ candidates: 40, places: names, roomOf: (candidate) => names[candidate % 12], portrait: await drawnPortrait(browser) });
  try {
    for (let candidate = 1; candidate <= 40; candidate += 1) await queueUp(many, candidate);
    for (const [place] of names.slice(0, 8)) await many.post("/api/call", { place });
    await many.post("/api/place", { place: "room:Q12", state: "paused", staff: "staff-1" });
    for (const lang of languages) {
      const board = await open(browser, { lang, size: "board" });
      await board.goto(`${many.url}/board?lang=${lang}`);
      await board.locator(".place").nth(11).waitFor();
      await fits(board);
      await sound(board);
      await picture(board, `board-places-12-${lang}`);
      await board.context().close();
    }
  } finally {
    await many.stop();
  }
});
