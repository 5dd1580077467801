// Auditor, security administrator, system administrator: each clicks to success once and is refused once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, logInAs, open, password, picture, say, server, sound, tickets, totp } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Opens the details of a button that asks before it does, and presses the button inside. */
const sure = async (page, word, fill = async () => {}) => {
  await page.locator("summary", { hasText: word }).first().click();
  await fill();
  await page.locator("details[open]").getByRole("button").click();
};

for (const [at, lang] of languages.entries()) {
  test(`the auditor looks through the records and sees nobody in the clear (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "auditor", lang);
    await page.getByRole("heading", { level: 1, name: say(lang, "page-audit-title") }).waitFor();
    await sound(page);
    await picture(page, `audit-home-${lang}`);
    await page.getByRole("link", { name: say(lang, "page-audit-all") }).click();
    await page.getByLabel(say(lang, "page-events-kind")).selectOption("candidate_enrolled");
    await page.getByLabel(say(lang, "page-events-about"), { exact: true }).fill(tickets[0]);
    await page.getByRole("button", { name: say(lang, "page-show"), exact: true }).click();
    await page.getByRole("cell", { name: say(lang, "page-event-candidate-enrolled") }).waitFor();
    assert.equal(await page.locator("tbody tr").count(), 1);
    await sound(page);
    await picture(page, `audit-events-${lang}`);
    await page.locator("tbody th a").click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-event-candidate-enrolled") }).waitFor();
    assert.doesNotMatch(await page.locator("body").innerText(), /\d{17}[\dX]/);
    await sound(page);
    await picture(page, `audit-event-${lang}`);
    await page.locator("dd").getByRole("link", { name: tickets[0], exact: true }).click();
    await page.waitForURL(`${server}/candidates/${tickets[0]}`);
    await page.goto(`${server}/events?about=%E7%8E%8B`);
    await page.getByRole("alert").waitFor();
    await page.goto(`${server}/events`);
    await page.getByRole("link", { name: say(lang, "page-events-older") }).click();
    await page.getByRole("link", { name: say(lang, "page-events-newer") }).click();
    await sound(page);
    await page.context().close();
  });

  test(`an account is made, its owner chooses a password, and it is blocked (${lang})`, async () => {
    const page = await open(browser, { lang });
    const login = `helper-${lang}`;
    await logInAs(page, "secadmin", { lang, code: totp("secadmin") });
    await page.getByRole("heading", { level: 1, name: say(lang, "page-accounts") }).waitFor();
    await sound(page);
    await picture(page, `accounts-${lang}`);
    await page.getByLabel(say(lang, "page-accounts-new")).selectOption("point_staff");
    await page.getByRole("button", { name: say(lang, "page-accounts-new-go") }).click();
    await page.getByLabel(say(lang, "page-login-name")).fill("centre");
    await page.getByLabel(say(lang, "page-account-name")).fill("临时 甲");
    await page.getByRole("button", { name: say(lang, "page-account-make") }).click();
    await page.getByText(say(lang, "problem-login-taken")).waitFor();
    await sound(page);
    await picture(page, `accounts-new-${lang}`);
    await page.getByLabel(say(lang, "page-login-name")).fill(login);
    await page.getByRole("button", { name: say(lang, "page-account-make") }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-slip") }).waitFor();
    await sound(page);
    await picture(page, `accounts-slip-${lang}`);
    const once = await page.locator(".slip-secret").nth(1).innerText();

    const own = await open(browser, { lang });
    await logInAs(own, login, { lang, word: once });
    await own.waitForURL(`${server}/password`);
    await own.getByLabel(say(lang, "page-password-present")).fill(once);
    await own.getByLabel(say(lang, "page-password-new"), { exact: true }).fill("four words in a row");
    await own.getByLabel(say(lang, "page-password-again")).fill("four words in a column");
    await own.getByRole("button", { name: say(lang, "page-password-go") }).click();
    await own.getByText(say(lang, "page-password-differs")).waitFor();
    await sound(own);
    await picture(own, `password-${lang}`);
    await own.getByLabel(say(lang, "page-password-present")).fill(once);
    await own.getByLabel(say(lang, "page-password-new"), { exact: true }).fill("four words in a row");
    await own.getByLabel(say(lang, "page-password-again")).fill("four words in a row");
    await own.getByRole("button", { name: say(lang, "page-password-go") }).click();
    await own.getByText(say(lang, "page-password-changed")).waitFor();
    await own.goto(`${server}/`);
    assert.equal(new URL(own.url()).pathname, "/");

    await page.getByRole("link", { name: say(lang, "page-slip-back") }).click();
    await sure(page, say(lang, "page-account-block"), () => page.getByLabel(say(lang, "page-account-reason")).fill("test"));
    await page.getByText(say(lang, "page-account-done-blocked")).waitFor();
    await sound(page);
    await picture(page, `account-blocked-${lang}`);
    await own.goto(`${server}/`);
    await own.waitForURL((url) => url.pathname === "/login");
    await own.getByLabel(say(lang, "page-login-name")).fill(login);
    await own.getByLabel(say(lang, "page-login-password")).fill("four words in a row");
    await own.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await own.getByText(say(lang, "problem-account-blocked")).waitFor();
    await own.context().close();
    await page.context().close();
  });

  test(`whoever saves what somebody else has changed meanwhile is shown what is new (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logInAs(page, "secadmin", { lang, code: totp("secadmin") });
    await page.goto(`${server}/accounts?role=inspector`);
    await page.locator("tbody th a").first().click();
    await page.getByLabel(say(lang, "page-account-name")).waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByLabel(say(lang, "page-account-name")).fill(`执法检查员 甲${at}`);
    await other.getByRole("button", { name: say(lang, "page-account-save") }).click();
    await other.getByText(say(lang, "page-account-done-saved")).waitFor();
    await page.getByLabel(say(lang, "page-account-name")).fill("执法检查员 乙");
    await page.getByRole("button", { name: say(lang, "page-account-save") }).click();
    await page.getByRole("heading", { name: say(lang, "page-account-changed") }).waitFor();
    assert.equal(await page.getByLabel(say(lang, "page-account-name")).inputValue(), "执法检查员 乙");
    assert.match(await page.locator("main").innerText(), new RegExp(`甲${at}`));
    await sound(page);
    await picture(page, `account-stale-${lang}`);
    await page.context().close();
  });

  test(`a kiosk gets its code and is shut out; the settings hold no secret (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logInAs(page, "sysadmin", { lang, code: totp("sysadmin") });
    await page.getByRole("heading", { level: 1, name: say(lang, "page-settings") }).waitFor();
    await sound(page);
    await picture(page, `settings-${lang}`);
    await page.getByLabel(say(lang, "page-device-enrol")).selectOption("P02");
    await page.getByRole("button", { name: say(lang, "page-device-code") }).click();
    await page.getByRole("img", { name: say(lang, "page-kiosk-qr") }).waitFor();
    await sound(page);
    await picture(page, `settings-code-${lang}`);
    const kiosk = await page.locator(".slip-secret").first().innerText();
    await page.getByRole("link", { name: say(lang, "page-slip-back") }).click();
    const row = page.getByRole("row").filter({ hasText: kiosk });
    await row.locator("summary").click();
    await row.getByLabel(say(lang, "page-account-reason")).fill("  ");
    await row.getByRole("button").click();
    await page.getByText(say(lang, "problem-reason-needed")).waitFor();
    await row.locator("summary").click();
    await row.getByLabel(say(lang, "page-account-reason")).fill("test");
    await row.getByRole("button").click();
    await page.getByText(say(lang, "page-settings-done-revoked")).waitFor();
    await row.getByText(say(lang, "page-device-revoked")).waitFor();
    await sound(page);
    assert.ok(!(await page.content()).includes(password));
    await page.context().close();
  });
}
