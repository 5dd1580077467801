// Practising at home or at the training institution: nobody logs in, and how far one is stays in the browser.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, server, sizes, sound } from "./lib.mjs";

const trade = "welding-fusion";
const phone = { width: 390, height: 844 };
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** What the server says is right, by question. */
const bank = async () => {
  const { items } = await (await fetch(`${server}/api/v1/practice/${trade}`)).json();
  return new Map(items.map((item) => [item.title, item]));
};

/** The question on the screen, and which of its options are right. */
const onScreen = async (page, known) => {
  const title = (await page.locator(".seat-title").first().textContent()).replace(/^\d+\. /, "");
  const texts = await page.locator(".seat-option > span:last-of-type").allTextContents();
  const item = known.get(title);
  const right = [...item.right].map((letter) => item.choices[letter.charCodeAt(0) - 65]);
  return { item, right: texts.map((text, at) => [text, at]).filter(([text]) => right.includes(text)).map(([, at]) => at) };
};

const practiceOf = async (lang, size) => {
  const page = await open(browser, { lang });
  await page.setViewportSize(size);
  await page.goto(`${server}/lang/${lang}`);
  await page.goto(`${server}/practice/${trade}`);
  await page.locator("#seat-choices").waitFor();
  return page;
};

for (const lang of languages) {
  test(`somebody at home finds the practice page, answers, and sees why (${lang})`, async () => {
    const known = await bank();
    const page = await open(browser, { lang });
    await page.setViewportSize(phone);
    await page.goto(`${server}/lang/${lang}`);
    await page.goto(`${server}/login`);
    await page.getByRole("link", { name: say(lang, "page-practice-link") }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-practice"), exact: true }).waitFor();
    await sound(page);
    await picture(page, `practice-list-phone-${lang}`);
    await page.locator(`a[href="/practice/${trade}"]`).click();
    await page.locator("#seat-choices").waitFor();
    await sound(page);
    await picture(page, `practice-menu-phone-${lang}`);

    await page.locator("#seat-go-all").click();
    const first = await onScreen(page, known);
    await page.locator(".seat-option").nth(1 - first.right[0]).click();
    const verdict = page.locator(".seat-verdict");
    await verdict.getByText(say(lang, "page-practice-verdict-wrong")).waitFor();
    assert.ok((await verdict.textContent()).includes(first.item.reason), "it says why");
    assert.equal(await page.locator(".seat-option.is-right").count(), 1);
    assert.equal(await page.locator(".seat-option input:enabled").count(), 0, "a judged answer stays");
    await sound(page);
    await picture(page, `practice-wrong-phone-${lang}`);
    await page.getByRole("button", { name: say(lang, "page-seat-next"), exact: true }).click();
    const second = await onScreen(page, known);
    await page.locator(".seat-option").nth(second.right[0]).click();
    await page.locator(".seat-verdict.is-right").waitFor();
    assert.equal(await page.locator("#seat-palette .is-wrong").count(), 1);
    assert.equal(await page.locator("#seat-palette .is-right").count(), 1);

    // What was wrong can be had again, also after the page was closed.
    await page.reload();
    await page.locator("#seat-go-wrong").waitFor();
    await page.getByText(say(lang, "page-practice-progress", { n: 2, of: known.size, time: 1 })).waitFor();
    await page.locator("#seat-go-on").waitFor();
    await page.locator("#seat-go-wrong").click();
    assert.equal(await page.locator("#seat-palette li").count(), 1);
    const again = await onScreen(page, known);
    assert.equal(again.item.id, first.item.id);
    await page.locator(".seat-option").nth(again.right[0]).click();
    await page.locator(".seat-verdict.is-right").waitFor();
    await page.getByRole("button", { name: say(lang, "page-practice-leave") }).click();
    await page.locator("#seat-go-wrong").waitFor({ state: "hidden" });
    await picture(page, `practice-menu-later-phone-${lang}`);
    await page.context().close();
  });

  test(`a mock examination is the real page, and says what was missed only after it (${lang})`, async () => {
    const known = await bank();
    const page = await practiceOf(lang, sizes.desktop);
    await page.locator("#seat-mock").click();
    await page.locator("#seat-clock").filter({ hasText: /^1:59:5\d$|^2:00:00$/ }).waitFor();
    assert.equal(await page.locator("#seat-palette li").count(), 20);
    await sound(page);
    for (let position = 1; position <= 20; position += 1) {
      const { right } = await onScreen(page, known);
      await page.locator(".seat-option").nth(position === 3 ? 1 - Math.min(right[0], 1) : right[0]).click();
      assert.equal(await page.locator(".seat-verdict, #seat-questions .is-right, #seat-palette :is(.is-right, .is-wrong)").count(), 0, "nothing is told before");
      if (position === 5) {
        await page.keyboard.press("m");
        // A page that is closed by mistake is there again, with its time.
        await page.reload();
        await page.locator("#seat-q5").waitFor();
        await picture(page, `practice-mock-desktop-${lang}`);
      }
      if (position < 20) await page.keyboard.press("ArrowRight");
    }
    await page.locator("#seat-hand-in").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(say(lang, "page-seat-sure-all", { n: 20 })).waitFor();
    await dialog.getByRole("button", { name: say(lang, "page-seat-sure-go"), exact: true }).click();
    await page.getByText(say(lang, "page-seat-score-passed", { n: 95, of: 100 })).waitFor();
    assert.equal(await page.locator("#seat-end-missed li").count(), 1);
    await sound(page);
    await picture(page, `practice-score-desktop-${lang}`);
    await page.locator("#seat-review").click();
    await page.locator("#seat-palette .is-wrong").click();
    await page.locator(".seat-verdict").getByText(say(lang, "page-practice-verdict-wrong")).waitFor();
    assert.equal(await page.locator("#seat-palette .is-right").count(), 19);
    await sound(page);
    await picture(page, `practice-review-desktop-${lang}`);
    await page.getByRole("button", { name: say(lang, "page-practice-leave") }).click();
    await page.locator("#seat-choices").waitFor();
    await picture(page, `practice-menu-desktop-${lang}`);
    await page.context().close();
  });
}

test("several answers are judged when they are complete, and arrow keys only look", async () => {
  const known = await bank();
  const page = await practiceOf("zh", sizes.desktop);
  await page.locator("#seat-go-all").click();
  // Going through the options with the arrows is no answer yet.
  await page.locator(".seat-option input").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator(".seat-verdict").count(), 0);
  const several = [...known.values()].findIndex(({ kind }) => kind === "multiple") + 1;
  await page.locator(`#seat-palette [data-go="${several}"]`).click();
  const { right } = await onScreen(page, known);
  for (const at of right) await page.locator(".seat-option").nth(at).click();
  assert.equal(await page.locator(".seat-verdict").count(), 0);
  await page.getByRole("button", { name: say("zh", "page-practice-check") }).click();
  await page.locator(".seat-verdict.is-right").waitFor();
  await sound(page);
  await picture(page, "practice-several-desktop-zh");
  await page.context().close();
});

test("without a line the practice page says so and can be tried again", async () => {
  const page = await open(browser, { lang: "zh" });
  await page.route("**/api/v1/practice/**", (route) => route.abort());
  await page.goto(`${server}/practice/${trade}`);
  await page.getByRole("alert").filter({ hasText: say("zh", "page-practice-offline") }).waitFor();
  await page.unroute("**/api/v1/practice/**");
  await page.getByRole("button", { name: say("zh", "page-practice-retry") }).click();
  await page.locator("#seat-choices").waitFor();
  await page.context().close();
});

/** A twentieth of a second of silence, as the server sends it: 11 025 samples a second, µ-law. */
const silence = () => {
  const samples = Buffer.alloc(552, 0xff);
  const head = Buffer.alloc(46);
  head.write("RIFF", 0);
  head.writeUInt32LE(38 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  [18, 7 | (1 << 16), 11025, 11025, 1 | (8 << 16)].forEach((word, at) => head.writeUInt32LE(word, 16 + 4 * at));
  head.write("data", 38);
  head.writeUInt32LE(samples.length, 42);
  return Buffer.concat([head, samples]);
};

test("a question is read aloud with its options in the order of the paper, by one key", async (context) => {
  const page = await practiceOf("zh", sizes.desktop);
  const digest = (text) => createHash("sha256").update(text).digest("hex");
  const asked = [];
  await page.route("**/api/v1/practice/*/voice/*", (route) => {
    asked.push(route.request().url().split("/").pop());
    return route.fulfill({ contentType: "audio/wav", body: silence() });
  });
  await page.locator("#seat-go-all").click();
  const button = page.locator(".seat-read");
  if ((await button.count()) === 0) {
    await page.context().close();
    return context.skip("this machine has no espeak-ng");
  }
  const title = (await page.locator(".seat-title").textContent()).replace(/^\d+\. /, "");
  const options = await page.locator(".seat-option > span:last-of-type").allTextContents();
  await page.keyboard.press("r");
  await page.locator('.seat-read[aria-pressed="true"]').waitFor();
  await page.locator('.seat-read[aria-pressed="false"]').waitFor();
  const wanted = [title, ...options.flatMap((text, at) => [`选项${"ABCD"[at]}`, text])];
  assert.deepEqual(asked, wanted.map(digest));
  // Somebody goes on: what left the screen is not read on.
  await button.click();
  await page.locator('.seat-read[aria-pressed="true"]').waitFor();
  await page.keyboard.press("ArrowRight");
  await page.locator('.seat-read[aria-pressed="false"]').waitFor();
  await sound(page);
  // What is not spoken yet is said at the button.
  await page.unroute("**/api/v1/practice/*/voice/*");
  await page.route("**/api/v1/practice/*/voice/*", (route) => route.fulfill({ status: 404, body: "{}" }));
  await button.click();
  await page.getByRole("button", { name: say("zh", "page-seat-read-not") }).waitFor();
  await page.context().close();
});
