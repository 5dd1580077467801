// The server's first pages: log in, the day, a candidate.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, password, say, server, sound, tickets } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const lang of languages) {
  test(`the login page is sound and says what is wrong (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.goto(`${server}/lang/${lang}`);
    await page.goto(`${server}/login`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-login-title") }).waitFor();
    await sound(page);
    await page.getByLabel(say(lang, "page-login-name")).fill("centre");
    await page.getByLabel(say(lang, "page-login-password")).fill(`${password}-wrong`);
    await page.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await page.getByRole("alert").waitFor();
    await sound(page);
    await page.context().close();
  });

  for (const size of ["desktop", "phone"]) {
    test(`staff see the day (${lang}, ${size})`, async () => {
      const page = await open(browser, { lang, size });
      await logIn(page, "centre", lang);
      await page.goto(`${server}/?day=2026-09-28`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByText(say(lang, "page-seated")).first().waitFor();
      await sound(page);
      await page.context().close();
    });

    test(`staff see a candidate, masked (${lang}, ${size})`, async () => {
      const page = await open(browser, { lang, size });
      await logIn(page, "centre", lang);
      await page.goto(`${server}/candidates/${tickets[0]}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const body = await page.locator("body").innerText();
      assert.ok(body.includes(tickets[0]));
      assert.doesNotMatch(body, /\d{17}[\dX]/, "a whole identity number is shown");
      await sound(page);
      await page.context().close();
    });
  }
}

test("who is not logged in is asked to, and comes back to the page", async () => {
  const page = await open(browser);
  await page.goto(`${server}/candidates/${tickets[0]}`);
  await page.getByLabel(say("zh", "page-login-name")).fill("centre");
  await page.getByLabel(say("zh", "page-login-password")).fill(password);
  await page.getByRole("button", { name: say("zh", "page-login-go") }).click();
  await page.waitForURL(`${server}/candidates/${tickets[0]}`);
  await page.context().close();
});

test("every page of a demo world shows its banner, and the keyboard reaches the content first", async () => {
  const page = await open(browser);
  await page.goto(`${server}/login`);
  await page.getByRole("note").first().waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  const skip = page.getByRole("link", { name: say("zh", "page-skip") });
  assert.equal(await skip.getAttribute("href"), "#main");
  await page.context().close();
});
