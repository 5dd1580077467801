// An examinee at a seat: logs in with the ticket, reads, chooses, hands in.
import { open, say, server } from "./lib.mjs";
import { knows, lang } from "./day-world.mjs";

/** Sits down at the machine of a seat and logs in; the page is whatever comes then. */
export const sitDown = async (browser, who, seat, page) => {
  const at = page ?? (await open(browser, { size: "desktop" }));
  await at.goto(`${server}/seat?room=${seat.room}&seat=${seat.seat}`);
  await at.getByLabel(say(lang, "page-seat-ticket"), { exact: true }).fill(who.ticket);
  await at.getByLabel(say(lang, "page-seat-code"), { exact: true }).fill(who.code);
  await at.getByRole("button", { name: say(lang, "page-seat-go") }).click();
  return at;
};

/** Waits for the paper. */
export const paperOpens = async (page) => {
  await page.locator(".seat-question").first().waitFor();
  await page.locator("#seat-name").waitFor();
};

/** Shows all questions in one list, or one a page. */
export const asList = async (page, on) => {
  const button = page.getByRole("button", { name: say(lang, "page-seat-list") });
  if ((await button.getAttribute("aria-pressed")) !== String(on)) await button.click();
  await page.locator(`#seat-list[aria-pressed=${on}]`).waitFor();
};

const shown = (page) =>
  page.locator(".seat-question").evaluateAll((boxes) => boxes.map((box) => ({
    title: box.querySelector(".seat-title").textContent.replace(/^\d+\. /, ""),
    options: [...box.querySelectorAll(".seat-option > span:last-child")].map((option) => option.textContent),
  })));

const saved = (page) => page.locator("#seat-line[data-state=saved]").waitFor();

/** Answers the questions `from` to `to` (from 1) of the list by clicks. */
export const answerInList = async (page, from, to) => {
  await asList(page, true);
  const questions = await shown(page);
  for (let position = from; position <= to; position += 1) {
    const { title, options } = questions[position - 1];
    await page.locator(`#seat-q${position} .seat-option`).nth(knows(title, options)).click();
  }
  await saved(page);
};

/** Answers what is left one a page, by the buttons that go on. */
export const answerOneByOne = async (page, from, to) => {
  await asList(page, false);
  await page.locator(`#seat-palette [data-go="${from}"]`).click();
  for (let position = from; position <= to; position += 1) {
    await page.locator(`#seat-q${position}`).waitFor();
    const [{ title, options }] = await shown(page);
    await page.locator(".seat-option").nth(knows(title, options)).click();
    if (position < to) await page.getByRole("button", { name: say(lang, "page-seat-next"), exact: true }).click();
  }
  await saved(page);
};

/** Answers by the keyboard alone, right or wrong: a letter, then the arrow. */
export const answerByKeys = async (page, from, to, right = true) => {
  await asList(page, true);
  const questions = await shown(page);
  await asList(page, false);
  await page.locator(`#seat-palette [data-go="${from}"]`).click();
  for (let position = from; position <= to; position += 1) {
    await page.locator(`#seat-q${position}`).waitFor();
    const { title, options } = questions[position - 1];
    const at = knows(title, options);
    await page.keyboard.press("ABCDEFGH"[right ? at : (at + 1) % options.length]);
    await page.keyboard.press("ArrowRight");
  }
  await saved(page);
};

/** Presses the button and confirms. */
export const handIn = async (page) => {
  await page.getByRole("button", { name: say(lang, "page-seat-hand-in") }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: say(lang, "page-seat-sure-go"), exact: true }).click();
};
