// Training institution, enterprise and inspector: their first pages, one step to success, one refusal.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, sound } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const lang of languages) {
  test(`an institution sees what is missing for each of its trainees (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "training", lang);
    await page.getByRole("navigation", { name: say(lang, "page-progress-filter") }).waitFor();
    assert.ok((await page.locator(".trainee").count()) > 0);
    assert.doesNotMatch(await page.locator("body").innerText(), /\d{17}[\dX]/);
    await sound(page);
    await picture(page, `training-home-${lang}`);
    await page.getByRole("link", { name: say(lang, "page-progress-check-in") }).click();
    await page.waitForURL((url) => url.searchParams.get("step") === "check-in");
    assert.ok((await page.locator(".trainee").count()) > 0);
    await sound(page);
    const refused = await page.goto(`${server}/certificates`);
    assert.equal(refused.status(), 403, "certificates of everybody are not theirs");
    await page.context().close();
  });

  test(`an enterprise sees certificates and examinations of its own people (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "enterprise", lang);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.ok((await page.locator(".trainee").count()) > 0);
    await sound(page);
    await picture(page, `enterprise-home-${lang}`);
    assert.equal((await page.goto(`${server}/certificates`)).status(), 403);
    await page.context().close();
  });

  test(`an inspector checks a number, and one that is nobody's is said to be so (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "inspector", lang);
    await page.getByRole("textbox", { name: say(lang, "page-verify-number") }).fill("C-none");
    await page.getByRole("button", { name: say(lang, "page-verify-go"), exact: true }).click();
    await page.getByRole("heading", { name: say(lang, "page-verify-not-found") }).waitFor();
    await sound(page);
    await picture(page, `inspect-${lang}`);
    await page.getByLabel(say(lang, "page-inspect-find")).fill("none");
    await page.getByRole("button", { name: say(lang, "page-show"), exact: true }).click();
    await page.getByText(say(lang, "page-inspect-none")).waitFor();
    await page.getByRole("textbox", { name: say(lang, "page-verify-code") }).fill("HC1:NOT-OURS");
    await page.getByRole("button", { name: say(lang, "page-inspect-code-go") }).click();
    await page.getByRole("heading", { name: say(lang, "page-verify-not-ours") }).waitFor();
    await sound(page);
    assert.equal((await page.goto(`${server}/people`)).status(), 403);
    await page.context().close();
  });
}
