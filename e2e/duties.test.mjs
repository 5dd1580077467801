// After a draw: those who were drawn answer on the phone; the exam point sees who has which post and what an exchange asks for.
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, session, sound } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const lang of languages) {
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
