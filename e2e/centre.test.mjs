// The staff of the centre: plan a session on a day of its own, fill it, draw, find a person, look at the certificates.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, sound, tickets } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const [at, lang] of languages.entries()) {
  test(`a session is planned by clicks, and its impossible day is said at the field (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.getByRole("navigation").getByRole("link", { name: say(lang, "page-plan"), exact: true }).click();
    await page.getByLabel(say(lang, "page-plan-day")).fill("2020-01-01");
    await page.getByRole("button", { name: say(lang, "page-plan-go") }).click();
    await page.getByText(say(lang, "page-plan-wrong-start")).waitFor();
    await sound(page);
    await picture(page, `centre-plan-${lang}`);
    await page.getByLabel(say(lang, "page-plan-day")).fill(`2026-12-0${at + 8}`);
    await page.getByLabel(say(lang, "page-trade")).selectOption("electrician-low-voltage");
    await page.getByRole("button", { name: say(lang, "page-plan-go") }).click();
    await page.getByText(say(lang, "page-done-opened")).waitFor();
    await sound(page);
    await picture(page, `centre-session-${lang}`);
    await page.getByRole("link", { name: say(lang, "page-do-enrol") }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-do-enrol") }).waitFor();
    await sound(page);
    await picture(page, `centre-enrol-${lang}`);
    await page.context().close();
  });

  test(`a session demands an exam browser, and its file is there to be taken (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/?day=2026-12-0${at + 8}`);
    await page.locator("a[href^='/sessions/S']").first().click();
    await page.getByRole("link", { name: say(lang, "page-browser-title") }).click();
    await page.getByLabel(say(lang, "page-browser-demanded")).check();
    await page.getByLabel(say(lang, "page-browser-keys")).fill("abc");
    await page.getByRole("button", { name: say(lang, "page-browser-go") }).click();
    assert.equal(await page.getByLabel(say(lang, "page-browser-keys")).inputValue(), "abc", "what was typed stays");
    await page.getByLabel(say(lang, "page-browser-keys")).fill("");
    await page.getByRole("button", { name: say(lang, "page-browser-go") }).click();
    await page.getByText(say(lang, "page-browser-done-set")).waitFor();
    await sound(page);
    await picture(page, `centre-browser-${lang}`);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: say(lang, "page-browser-file-get") }).click(),
    ]);
    assert.match(file.suggestedFilename(), /^S.*\.seb$/);
    await page.context().close();
  });

  test(`a person is found from every page, masked, and has a file (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.getByRole("search").getByRole("searchbox").fill(tickets[0]);
    await page.getByRole("search").getByRole("button").click();
    await page.getByRole("link", { name: say(lang, "page-person-file") }).click();
    await page.getByRole("heading", { level: 2, name: say(lang, "page-person-file") }).waitFor();
    assert.doesNotMatch(await page.locator("body").innerText(), /\d{17}[\dX]/);
    await sound(page);
    for (const [word, path] of [["page-nav-people", "/people"], ["page-nav-certificates", "/certificates"]]) {
      await page.getByRole("navigation").getByRole("link", { name: say(lang, word), exact: true }).click();
      await page.waitForURL((url) => url.pathname === path);
      await page.getByRole("heading", { level: 1, name: say(lang, word) }).waitFor();
      await sound(page);
      await picture(page, `centre${path.replace("/", "-")}-${lang}`);
    }
    assert.equal(new URL(page.url()).origin, new URL(server).origin);
    await page.context().close();
  });
}
