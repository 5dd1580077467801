// The examination room: the examinee's seat and the invigilator's tablet.
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, say, server, session, sound, tickets } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const lang of languages) {
  test(`the seat says what is wrong with a code, and keeps what was typed (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.goto(`${server}/lang/${lang}`);
    await page.goto(`${server}/seat?room=R1&seat=3`);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-seat-title") }).waitFor();
    await sound(page);
    await page.getByLabel(say(lang, "page-seat-ticket"), { exact: true }).fill(tickets[0]);
    await page.getByLabel(say(lang, "page-seat-code"), { exact: true }).fill("AAAA-AAAA");
    await page.getByRole("button", { name: say(lang, "page-seat-go") }).click();
    await page.getByRole("alert").filter({ hasText: say(lang, "problem-seat-unknown") }).waitFor();
    await page.getByText(say(lang, "page-seat-help")).waitFor();
    await sound(page);
    await page.context().close();
  });

  test(`a room is sound on a tablet (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.setViewportSize({ width: 1024, height: 768 });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/sessions/${session}/room/R1`);
    await page.getByRole("heading", { level: 2, name: say(lang, "page-room-steps") }).waitFor();
    await sound(page);
    await page.getByRole("list", { name: say(lang, "page-room-plan") }).getByRole("link").first().click();
    await page.getByText(say(lang, "page-room-misconduct"), { exact: true }).click();
    await page.getByLabel(say(lang, "page-room-what-happened"), { exact: true }).waitFor();
    await sound(page);
    await page.context().close();
  });
}
