// Who has no account: the examinee with his ticket on a phone, and anybody who checks a certificate.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, sound, tickets } from "./lib.mjs";

let browser;
let code;
// The last of them: nobody else in these tests touches him.
const ticket = tickets.at(-1);

/** The code that the printed ticket shows, read as its holder reads it: from the paper. */
const codeOnTicket = async () => {
  const page = await open(browser, { size: "desktop" });
  await logIn(page, "centre", "zh");
  await page.goto(`${server}/candidates/${ticket}`);
  const address = await page.getByRole("link", { name: say("zh", "page-ticket-pdf") }).getAttribute("href");
  const pdf = await page.context().request.get(`${server}${address}`);
  const file = join(mkdtempSync(join(tmpdir(), "ticket-")), "ticket.pdf");
  writeFileSync(file, await pdf.body());
  const text = execFileSync("pdftotext", [file, "-"], { encoding: "utf8" });
  await page.context().close();
  return /[A-Z2-7]{4}-[A-Z2-7]{4}/.exec(text)[0];
};

const comeIn = async (page, lang, typed) => {
  await page.goto(`${server}/lang/${lang}?back=/my`);
  await page.getByLabel(say(lang, "page-my-enter-ticket")).fill(ticket);
  await page.getByLabel(say(lang, "page-my-enter-code")).fill(typed);
  await page.getByRole("button", { name: say(lang, "page-my-enter-go") }).click();
};

before(async () => {
  browser = await launch();
  code = await codeOnTicket();
});
after(() => browser.close());

for (const lang of languages) {
  test(`an examinee sees on the phone where everything stands, and leaves no trace on it (${lang})`, async () => {
    const page = await open(browser, { lang, size: "phone" });
    await comeIn(page, lang, "AAAA-AAAA");
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel(say(lang, "page-my-enter-ticket")).inputValue(), ticket, "what was typed stays");
    await sound(page);
    await picture(page, `my-enter-phone-${lang}`);
    await page.getByLabel(say(lang, "page-my-enter-code")).fill(code.toLowerCase());
    await page.keyboard.press("Enter");
    await page.waitForURL(`${server}/my`);
    await page.getByRole("heading", { name: say(lang, "page-my-way") }).waitFor();
    assert.equal(await page.locator("[aria-current=step]").count(), 1, "one stop is on");
    assert.ok(!(await page.content()).match(/[1-9][0-9]{16}[0-9X]/), "no whole identity number");
    await page.getByRole("img", { name: say(lang, "page-my-qr-label") }).waitFor();
    await sound(page);
    await picture(page, `my-phone-${lang}`);
    const pdf = await page.context().request.get(`${server}/my/ticket.pdf`);
    assert.equal(pdf.headers()["content-type"], "application/pdf");
    await page.getByRole("button", { name: say(lang, "page-my-leave") }).click();
    await page.getByText(say(lang, "page-my-out")).waitFor();
    assert.equal((await page.context().request.get(`${server}/my/ticket.pdf`)).status(), 401);
    await page.context().close();
  });

  test(`anybody finds the check of a certificate and what the examination is (${lang})`, async () => {
    const page = await open(browser, { lang, size: "phone" });
    await page.goto(`${server}/lang/${lang}?back=/login`);
    await page.getByRole("link", { name: say(lang, "page-my-verify") }).click();
    await page.getByRole("textbox", { name: say(lang, "page-verify-number"), exact: true }).fill("C-none");
    await page.getByRole("textbox", { name: say(lang, "page-verify-name"), exact: true }).fill("王五");
    await page.getByRole("button", { name: say(lang, "page-verify-go") }).first().click();
    await page.getByRole("heading", { name: say(lang, "page-verify-not-found") }).waitFor();
    await sound(page);
    await picture(page, `verify-phone-${lang}`);
    await page.getByRole("textbox", { name: say(lang, "page-verify-code"), exact: true }).fill("HC1:NOT-OURS");
    await page.getByRole("button", { name: say(lang, "page-verify-go") }).last().click();
    await page.getByRole("heading", { name: say(lang, "page-verify-not-ours") }).waitFor();
    await page.goto(`${server}/about`);
    await page.locator("details summary").first().click();
    await sound(page);
    await picture(page, `about-phone-${lang}`);
    await page.context().close();
  });
}
