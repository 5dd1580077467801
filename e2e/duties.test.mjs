// After a draw: anybody checks it in the browser, those who were drawn answer on the phone, the exam point sees who has which post.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile } from "node:fs/promises";
import { languages, launch, logIn, open, picture, say, server, session, sound } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Transcripts of every kind of draw that can be read by now. */
const transcripts = async () => {
  const page = await open(browser);
  await logIn(page, "auditor", "zh");
  const { items } = await (await page.request.get(`${server}/api/v1/draws`)).json();
  const answers = await Promise.all(items.map(({ draw }) => page.request.get(`${server}/api/v1/draws/${draw}`)));
  const texts = await Promise.all(answers.filter((answer) => answer.ok()).map((answer) => answer.text()));
  await page.context().close();
  return texts;
};

const words = { zh: { good: "结果成立", bad: "结果不成立" }, en: { good: "Established", bad: "Refuted" } };

for (const lang of languages) {
  test(`anybody checks a transcript in the browser, and a changed one is refuted (${lang})`, async () => {
    const all = await transcripts();
    const kinds = new Set(all.map((text) => JSON.parse(text).purpose));
    for (const kind of ["staff", "seating"]) assert.ok(kinds.has(kind), `a draw of ${kind}`);
    const page = await open(browser, { lang });
    await page.goto(`${server}/verify-draw/index.html?lang=${lang}`);
    const check = async (text, good) => {
      await page.locator("#text").fill(text);
      await page.locator("button[type=submit]").click();
      const verdict = await page.locator("#verdict").innerText();
      const said = await page.locator("#checks").innerText();
      assert.ok(verdict.includes(good ? words[lang].good : words[lang].bad), `${verdict}: ${said}`);
    };
    for (const text of all) {
      await check(text, true);
      const { seed } = JSON.parse(text);
      await check(text.replace(seed, seed.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))), false);
      await check(text.replace('"result"', '"result_of"'), false);
    }
    const staff = all.find((text) => JSON.parse(text).purpose === "staff");
    const changed = JSON.parse(staff);
    [changed.result.filled[0].person, changed.result.filled[1].person] = [changed.result.filled[1].person, changed.result.filled[0].person];
    await check(JSON.stringify(changed), false);
    await check(staff.replace('"subject"', '"subject": "twice", "subject"'), false);
    await check("no transcript", false);
    await check(staff, true);
    await sound(page);
    await picture(page, `verify-draw-${lang}`);
    await page.context().close();
  });

  test(`the page lies on a USB stick and needs no server (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.goto(new URL(`../docs/draw-verify/index.html?lang=${lang}`, import.meta.url).href);
    const [example] = (await readFile(new URL("../docs/draw.md", import.meta.url), "utf8")).match(/(?<=```json\n)\{.*?\n\}(?=\n```)/gs);
    await page.locator("#file").setInputFiles({ name: "draw.json", mimeType: "application/json", buffer: Buffer.from(example) });
    await page.getByText(words[lang].good).waitFor();
    await page.context().close();
  });

  test(`the exam point sees who has which post, and what an exchange asks for (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "point", lang);
    await page.goto(`${server}/sessions/${session}`);
    await page.getByRole("link", { name: say(lang, "page-posts"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-posts") }).waitFor();
    await page.getByLabel(say(lang, "page-posts-reason")).fill("同一岗位");
    await page.getByRole("button", { name: say(lang, "page-posts-swap-go") }).click();
    await page.getByText(say(lang, "problem-swap-refused")).waitFor();
    await sound(page);
    await picture(page, `posts-${lang}`);
    await page.context().close();
  });
}
