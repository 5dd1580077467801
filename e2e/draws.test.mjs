// Draws for everybody: the list, a ceremony on a screen, and the page that does every draw again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, session, sound } from "./lib.mjs";

let browser;
let transcripts;

before(async () => {
  browser = await launch();
  const page = await open(browser);
  await logIn(page, "centre", "zh");
  const { items } = await (await page.context().request.get(`${server}/api/v1/draws?subject=${session}`)).json();
  transcripts = [];
  for (const { draw } of items) {
    const answer = await page.context().request.get(`${server}/api/v1/draws/${draw}`);
    if (answer.ok()) transcripts.push(await answer.text());
  }
  assert.ok(transcripts.length >= 2, "seats and staff can be read");
  await page.context().close();
});
after(() => browser.close());

for (const lang of languages) {
  test(`anybody sees the draws and a ceremony with its commitments (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.goto(`${server}/lang/${lang}?back=/public/draws`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-ceremonies") }).waitFor();
    await sound(page);
    await picture(page, `draws-public-${lang}`);
    await page.goto(`${server}/public/draws/${session}.staff.1`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-ceremony-stage-staff") }).waitFor();
    assert.match(await page.locator("body").innerText(), /[0-9a-f]{64}/);
    assert.doesNotMatch(await page.locator("main").innerText(), /\bE0\d\d\b/, "nobody is named");
    await sound(page);
    await picture(page, `ceremony-${lang}`);
    await page.context().close();
  });

  test(`the page that needs no server establishes every transcript and refutes a changed one (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.goto(`${server}/verify-draw`);
    const check = async (text) => {
      await page.locator("#text").fill(text);
      await page.locator("#check").click();
      return page.locator("#verdict").getAttribute("class");
    };
    for (const text of transcripts) {
      assert.equal(await check(text), "good", text.slice(0, 200));
      const at = text.lastIndexOf('"seed": "') + 9;
      const changed = text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
      assert.equal(await check(changed), "bad");
    }
    await sound(page);
    await picture(page, `verify-draw-${lang}`);
    await page.context().close();
  });
}

test("the page works from a stick, without a network", async () => {
  const page = await open(browser);
  await page.context().setOffline(true);
  await page.goto(new URL("../docs/draw-verify.html", import.meta.url).href);
  await page.locator("#text").fill(transcripts[0]);
  await page.locator("#check").click();
  assert.equal(await page.locator("#verdict").getAttribute("class"), "good");
  await page.context().close();
});

test("a party commits, and the centre gives the draw up with a reason that everybody sees", async () => {
  const lang = "en";
  const page = await open(browser, { lang });
  await logIn(page, "centre", lang);
  const answer = await page.context().request.get(`${server}/api/v1/ceremonies`);
  const free = (await answer.json()).items.find(({ state, stage }) => state === "open" && stage !== "question_sets");
  if (!free) return;
  // Somebody looks on, on the screen for all in the room.
  const hall = await open(browser, { lang });
  await hall.goto(`${server}/lang/${lang}?back=/public/draws/${free.ceremony}`);
  await page.goto(`${server}/ceremonies/${free.ceremony}`);
  await page.getByLabel(say(lang, "page-ceremony-party")).fill("inspection");
  await page.getByRole("button", { name: say(lang, "page-ceremony-make") }).click();
  const hash = () => page.locator("#hash").inputValue();
  for (let looks = 0; looks < 200 && (await hash()).length !== 64; looks += 1);
  assert.equal((await hash()).length, 64, "the page has made the commitment");
  await sound(page);
  await picture(page, "ceremony-commit");
  await page.getByRole("button", { name: say(lang, "page-ceremony-commit-go") }).click();
  await page.getByText(say(lang, "page-ceremony-done-commit")).waitFor();
  await hall.locator("#board").getByText("inspection", { exact: true }).waitFor();
  await page.getByLabel(say(lang, "page-ceremony-reason")).fill("the inspection cannot come");
  await page.getByRole("button", { name: say(lang, "page-ceremony-void-go") }).click();
  await page.getByText(say(lang, "page-ceremony-done-void")).waitFor();
  await hall.getByText("the inspection cannot come").waitFor();
  await sound(hall);
  await hall.context().close();
  await page.context().close();
});
