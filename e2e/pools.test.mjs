// Pools and the planning board of the centre, looked at in both languages and on a phone.
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, sound } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const lang of languages) {
  test(`a list is refused and taken in, a member is noted, barred and freed, and the board is looked at (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/pools`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-pools") }).waitFor();
    await sound(page);
    await picture(page, `pools-${lang}`);
    const heads = "编号,姓名,单位,任教机构,所属,区县,监考证有效期至,考评员证有效期至,准考类别,语种,不可用日期,冲突申报完整";
    const send = async (row) => {
      await page.getByLabel(say(lang, "page-pools-file"), { exact: true }).setInputFiles({ name: "pool.csv", mimeType: "text/csv", buffer: Buffer.from(`${heads}\r\n${row}\r\n`, "utf8") });
      // The page that is left may say the same words.
      const next = page.waitForEvent("framenavigated");
      await page.getByRole("button", { name: say(lang, "page-pools-import-go"), exact: true }).click();
      await next;
    };
    await send(`N-${lang},张三,没有的单位,,,411002,2027-12-31,,,,,是`);
    await page.getByText(say(lang, "page-pools-wrong-employer")).waitFor();
    await sound(page);
    await send(`N-${lang},张三,,,,411002,2027-12-31,,,,,是`);
    await page.getByText(say(lang, "page-pools-report")).waitFor();
    await sound(page);
    await page.goto(`${server}/pools/N-${lang}`);
    await sound(page);
    await picture(page, `pools-member-${lang}`);
    await page.getByLabel(say(lang, "page-id-number"), { exact: true }).fill("410191198503157317");
    await page.getByRole("button", { name: say(lang, "page-pools-note"), exact: true }).click();
    await page.getByText(say(lang, "page-pools-done-noted")).waitFor();
    await page.getByLabel(say(lang, "page-pools-until"), { exact: true }).fill("2026-12-31");
    await page.getByLabel(say(lang, "page-pools-reason"), { exact: true }).fill("无故缺席");
    await page.getByRole("button", { name: say(lang, "page-pools-bar-go"), exact: true }).click();
    await page.getByText(say(lang, "page-pools-done-barred")).waitFor();
    await sound(page);
    await page.locator("#lift-reason").fill("查清是误会");
    await page.getByRole("button", { name: say(lang, "page-pools-lift-go"), exact: true }).click();
    await page.getByText(say(lang, "page-pools-done-lifted")).waitFor();
    await page.goto(`${server}/plan/staff`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-board") }).waitFor();
    await sound(page);
    await picture(page, `pools-board-${lang}`);
  });
}
