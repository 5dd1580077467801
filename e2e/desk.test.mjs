// The desk pages of the centre: banks, draws, rules, registration, tickets; each clicked to success and to one refusal.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, session, sound, tickets } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A bank of its own for each language: enough true/false and single choice questions for the short papers, with flaws. */
const bank = (lang) => {
  const rows = ["试题类型,题目内容,题目选项,题目答案"];
  for (let n = 1; n <= 24; n += 1) rows.push(`判断题,${lang} 第${n}条：高处作业第 ${n * 7} 项检查由专人负责。,**A、正确**B、错误,${n % 2 ? "A" : "B"}`);
  for (let n = 1; n <= 12; n += 1) rows.push(`单选题,${lang} 第${n}题：安全带挂点的第 ${n * 13} 种情形属于（ ）。,**A、甲${n}**B、乙${n}**C、丙${n},C`);
  rows.push(`判断题,${lang} 第1条：高处作业第 7 项检查由专人负责。,**A、正确**B、错误,B`);
  rows.push(`单选题,${lang} 没有选项的一题。,,A`);
  return Buffer.from(rows.join("\n"), "utf8");
};

const alert = (page, text) => page.getByRole("alert").filter({ hasText: text }).first().waitFor();

for (const [at, lang] of languages.entries()) {
  test(`a bank is checked, imported, drawn from and published by a second person (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.getByRole("navigation").getByRole("link", { name: say(lang, "page-nav-banks"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-banks") }).waitFor();
    await sound(page);
    await picture(page, `desk-banks-${lang}`);
    await page.goto(`${server}/banks/height-installation`);
    const file = page.getByLabel(say(lang, "page-banks-file"), { exact: true });
    await file.setInputFiles({ name: "old.xls", mimeType: "application/vnd.ms-excel", buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]) });
    await page.getByRole("button", { name: say(lang, "page-banks-check") }).click();
    await alert(page, say(lang, "page-banks-file-xls"));
    await sound(page);
    await picture(page, `desk-bank-refused-${lang}`);
    await file.setInputFiles({ name: `bank-${lang}.csv`, mimeType: "text/csv", buffer: bank(lang) });
    await page.getByRole("button", { name: say(lang, "page-banks-check") }).click();
    await page.getByText(say(lang, "page-banks-dry")).waitFor();
    await page.getByText(say(lang, "page-banks-suspect-contradiction")).waitFor();
    await page.getByRole("cell", { name: say(lang, "page-banks-row-no-options"), exact: true }).waitFor();
    await sound(page);
    await picture(page, `desk-bank-report-${lang}`);
    await page.getByRole("button", { name: say(lang, "page-banks-import", { count: 37 }) }).click();
    await page.getByText(say(lang, "page-banks-done-imported")).waitFor();
    await page.getByRole("button", { name: say(lang, "page-do-assemble-sets") }).click();
    await page.getByText(say(lang, "page-banks-done-assembled")).waitFor();
    const publish = async (who) => {
      await who.locator("summary", { hasText: say(lang, "page-do-publish-sets") }).first().click();
      await who.getByRole("button", { name: say(lang, "page-confirm", { what: say(lang, "page-do-publish-sets") }) }).first().click();
    };
    await publish(page);
    await alert(page, say(lang, "problem-second-person-needed"));
    await sound(page);
    await picture(page, `desk-bank-${lang}`);
    const second = await open(browser, { lang });
    await logIn(second, "centre2", lang);
    await second.goto(`${server}/banks/height-installation`);
    await publish(second);
    await second.getByText(say(lang, "page-banks-done-published")).waitFor();
    await sound(second);
    await second.context().close();
    await page.context().close();
  });

  test(`a draw is found, told in plain words and checked; one in force stays sealed (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.getByRole("navigation").getByRole("link", { name: say(lang, "page-nav-draws"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-draws") }).waitFor();
    await sound(page);
    await picture(page, `desk-draws-${lang}`);
    await page.goto(`${server}/draws?day=yesterday`);
    await alert(page, say(lang, "page-draws-day-wrong"));
    await page.goto(`${server}/draws?subject=${session}`);
    for (const kind of ["seating", "staff"]) {
      await page.goto(`${server}/draws?subject=${session}&kind=${kind}`);
      await page.getByRole("rowheader").getByRole("link", { name: say(lang, `page-draws-kind-${kind}`) }).click();
      await page.getByRole("button", { name: say(lang, "page-draws-check") }).click();
      await page.getByText(say(lang, "page-draws-established")).waitFor();
      await sound(page);
      await picture(page, `desk-draw-${kind}-${lang}`);
    }
    const loaded = page.waitForEvent("download");
    await page.getByRole("link", { name: say(lang, "page-draws-download") }).click();
    const transcript = JSON.parse(readFileSync(await (await loaded).path(), "utf8"));
    assert.equal(transcript.version, "kaodian-draw/1");
    await page.goto(`${server}/draws?subject=${session}&kind=sets`);
    await page.getByRole("rowheader").getByRole("link").click();
    await page.getByText(say(lang, "page-draws-not-shown"), { exact: true }).waitFor();
    await sound(page);
    await picture(page, `desk-draw-sealed-${lang}`);
    await page.context().close();
  });

  test(`rules are put side by side; one alone is refused (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.getByRole("navigation").getByRole("link", { name: say(lang, "page-nav-rules"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-rules-title") }).waitFor();
    await sound(page);
    await picture(page, `desk-rules-${lang}`);
    const boxes = page.locator("input[name=set]");
    for (let n = 0; n < (await boxes.count()); n += 1) await boxes.nth(n).setChecked(n === 0);
    await page.getByRole("button", { name: say(lang, "page-rules-go") }).click();
    await alert(page, say(lang, "page-rules-too-few"));
    await sound(page);
    await page.locator("input[name=set]").nth(4).check();
    await page.getByLabel(say(lang, "page-rules-only")).check();
    await page.getByRole("button", { name: say(lang, "page-rules-go") }).click();
    await page.getByRole("columnheader").nth(5).waitFor();
    await page.getByText(say(lang, "page-rules-differs")).first().waitFor();
    await sound(page);
    await picture(page, `desk-rules-two-${lang}`);
    await page.context().close();
  });

  test(`a training institution registers its own people and sees no others (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "training", lang);
    await page.getByRole("navigation").getByRole("link", { name: say(lang, "page-nav-people"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-nav-people") }).waitFor();
    await sound(page);
    await picture(page, `desk-people-training-${lang}`);
    await page.getByRole("link", { name: say(lang, "page-register") }).click();
    const number = page.getByLabel(say(lang, "page-id-number"));
    await number.fill("440524198001010014");
    await page.getByText(say(lang, "page-register-wrong-check-digit")).waitFor();
    await page.getByRole("button", { name: say(lang, "page-register-go"), exact: true }).click();
    for (const word of ["empty", "hours", "no-portrait"]) {
      await page.getByText(say(lang, `page-register-wrong-${word}`)).first().waitFor();
    }
    assert.equal(await number.inputValue(), "440524198001010014");
    await sound(page);
    await picture(page, `desk-register-refused-${lang}`);
    await page.getByLabel(say(lang, "page-name"), { exact: true }).fill("沈一舟");
    await number.fill(["11010519491231002X", "120103198806018241"][at]);
    await page.getByText(say(lang, "page-register-id-right")).waitFor();
    await page.getByLabel(say(lang, "page-trade")).selectOption("welding-fusion");
    await page.getByLabel(say(lang, "page-register-theory")).fill("68");
    await page.getByLabel(say(lang, "page-register-practical")).fill("40");
    await page.getByLabel(say(lang, "page-register-promise")).check();
    const face = await page.context().request.get(`${server}/candidates/${tickets[0]}/photo`);
    assert.equal(face.status(), 403, "an institution sees no portraits");
    const centre = await open(browser, { lang });
    await logIn(centre, "centre", lang);
    const shown = await centre.context().request.get(`${server}/candidates/${tickets[0]}/photo`);
    const portrait = await shown.body();
    await centre.context().close();
    await page.getByLabel(say(lang, "page-portrait")).setInputFiles({ name: "face.jpg", mimeType: "image/jpeg", buffer: portrait });
    await page.getByRole("button", { name: say(lang, "page-register-go"), exact: true }).click();
    await page.waitForURL((url) => url.searchParams.has("done"));
    await sound(page);
    await picture(page, `desk-register-${lang}`);
    await page.context().close();
  });

  test(`all tickets of a session are one document and a page of codes (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/sessions/${session}`);
    await page.getByRole("link", { name: say(lang, "page-tickets"), exact: true }).click();
    await page.getByText(say(lang, "page-tickets-code")).first().waitFor();
    await sound(page);
    await picture(page, `desk-tickets-${lang}`);
    const address = await page.getByRole("link", { name: say(lang, "page-tickets-pdf") }).getAttribute("href");
    const document = await page.context().request.get(`${server}${address}`);
    assert.equal((await document.body()).subarray(0, 4).toString(), "%PDF");
    const unknown = await page.goto(`${server}/sessions/S20990101-P01-01/tickets`);
    assert.equal(unknown.status(), 404);
    await sound(page);
    await page.context().close();
  });
}
