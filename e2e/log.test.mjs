// The log: everybody checks a checkpoint that was kept; the auditor looks at an entry, its proof and the witnesses, and has
// evidence made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, sound, tickets } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const lang of languages) {
  test(`anybody keeps a checkpoint and checks it (${lang})`, async () => {
    const page = await open(browser, { lang, size: "phone" });
    await page.goto(`${server}/lang/${lang}`);
    await page.goto(`${server}/log`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-log") }).waitFor();
    await sound(page);
    await picture(page, `log-${lang}`);
    const kept = await page.locator("pre").first().innerText();
    const check = async (text, word) => {
      await page.getByLabel(say(lang, "page-log-kept"), { exact: true }).fill(text);
      await page.getByRole("button", { name: say(lang, "page-log-check-go"), exact: true }).click();
      await page.getByRole("status").filter({ hasText: say(lang, `page-log-kept-${word}`) }).waitFor();
    };
    await check(kept, "ours");
    await sound(page);
    await picture(page, `log-ours-${lang}`);
    await check(kept.replace(/\n\d+\n/, "\n7\n"), "not-signed");
    await check("nothing", "no-checkpoint");
    const file = await page.request.get(`${server}/log/checkpoint`);
    assert.match(file.headers()["cache-control"], /no-cache/);
    assert.match(await file.text(), /^kaodian\/log\n\d+\n/);
    await page.context().close();
  });

  test(`the auditor sees an entry and the way to the root, and has evidence made (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "auditor", lang);
    await page.goto(`${server}/events`);
    await page.getByRole("link", { name: say(lang, "page-log-explorer") }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-log-explorer") }).waitFor();
    await sound(page);
    await page.getByLabel(say(lang, "page-log-entry-number")).fill("7");
    await page.getByRole("button", { name: say(lang, "page-show"), exact: true }).click();
    await page.getByRole("img", { name: say(lang, "page-log-way"), exact: false }).waitFor();
    await page.locator("summary", { hasText: say(lang, "page-log-way-list") }).click();
    await sound(page);
    await picture(page, `log-explorer-${lang}`);
    await page.getByLabel(say(lang, "page-log-entry-number")).fill("99999999");
    await page.getByRole("button", { name: say(lang, "page-show"), exact: true }).click();
    await page.getByRole("alert").waitFor();

    await page.goto(`${server}/candidates/${tickets[0]}`);
    await page.getByRole("link", { name: say(lang, "page-evidence") }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-evidence") }).waitFor();
    await sound(page);
    await picture(page, `evidence-${lang}`);
    // Whatever was written a moment ago gets its place within a second or two.
    let file;
    for (let attempt = 0; !file && attempt < 5; attempt++) {
      const download = page.waitForEvent("download", { timeout: 20000 }).catch(() => null);
      await page.getByRole("button", { name: say(lang, "page-evidence-make") }).click();
      file = await download;
      if (!file) await page.goto(`${server}/evidence?ticket=${tickets[0]}`);
    }
    assert.equal(file.suggestedFilename(), `evidence-${tickets[0]}.zip`);
    assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), "PK");
    await page.goto(`${server}/evidence?ticket=nobody`);
    await page.getByRole("alert").waitFor();
    await sound(page);
    await page.context().close();
  });
}
