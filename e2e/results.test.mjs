// After the results: a key that was wrong is corrected by two people; reviews of results have a page of their own.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { languages, launch, logIn, open, picture, say, server, sound } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const bank = "electrician-low-voltage-bank-1";

/** Opens a question that a published set asks. */
const askedQuestion = async (page) => {
  for (const number of [1, 2, 3]) {
    await page.goto(`${server}/banks/${bank}/questions?page=${number}`);
    const links = page.locator(`a[href^="/banks/${bank}/questions/"]`);
    const addresses = await links.evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    for (const address of addresses.filter((a) => !a.endsWith("/new"))) {
      await page.goto(`${server}${address}`);
      if (await page.locator("#key-reason").count() > 0) return;
    }
  }
  assert.fail("no question is asked by a published set");
};

for (const lang of languages) {
  test(`a wrong key is corrected by two people, who see whom it concerns before they sign (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await askedQuestion(page);
    await page.getByText(say(lang, "page-corrections-propose"), { exact: true }).click();
    await page.getByLabel(say(lang, lang === "zh" ? "page-corrections-how-void" : "page-corrections-how-any")).check();
    await page.getByLabel(say(lang, "page-corrections-reason")).fill("题目有歧义");
    await sound(page);
    await picture(page, `correct-propose-${lang}`);
    await page.getByRole("button", { name: say(lang, "page-corrections-propose-go") }).click();
    await page.getByText(say(lang, "page-corrections-done-proposed")).waitFor();
    await page.getByText(say(lang, "page-corrections-own")).waitFor();
    await sound(page);
    const address = page.url().split("?")[0];

    const second = await open(browser, { lang });
    await logIn(second, "centre2", lang);
    await second.goto(address);
    const approve = say(lang, "page-corrections-approve");
    await second.getByText(approve, { exact: true }).click();
    await second.getByRole("button", { name: say(lang, "page-confirm", { what: approve }) }).click();
    await second.getByText(say(lang, "page-corrections-done-approved")).waitFor();
    await sound(second);
    await picture(second, `correction-${lang}`);
    await second.goto(`${server}/corrections`);
    await second.getByRole("heading", { level: 1, name: say(lang, "page-corrections") }).waitFor();
    await sound(second);
    await second.goto(`${server}/reviews`);
    await second.getByRole("heading", { level: 1, name: say(lang, "page-reviews") }).waitFor();
    await sound(second);
    await second.context().close();
    await page.context().close();
  });
}
