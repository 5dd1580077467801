// Question banks of the centre: taken as a file and brought back, questions written and reviewed by a second person,
// statistics of the sets.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, picture, say, server, sound } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const trade = "electrician-low-voltage";

/** A PNG of one red pixel. */
const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC", "base64");

const alert = (page, text) => page.getByRole("alert").filter({ hasText: text }).first().waitFor();

for (const lang of languages) {
  test(`a bank is taken as a QTI package and comes back as the same questions (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/banks/${trade}`);
    await sound(page);
    await picture(page, `banks-trade-${lang}`);
    const loaded = page.waitForEvent("download");
    await page.locator("select[name=format]").first().selectOption("qti3");
    await page.getByRole("button", { name: say(lang, "page-banks-export"), exact: true }).first().click();
    const file = readFileSync(await (await loaded).path());
    assert.equal(file.subarray(0, 2).toString(), "PK");
    await page.getByLabel(say(lang, "page-banks-file"), { exact: true })
      .setInputFiles({ name: `bank-${lang}.zip`, mimeType: "application/zip", buffer: file });
    await page.getByRole("button", { name: say(lang, "page-banks-check") }).click();
    await page.getByText(say(lang, "page-banks-dry")).waitFor();
    const counts = await page.locator("#report .desk-figures b").allTextContents();
    assert.equal(counts[0], counts[1], "all that is read is accepted");
    assert.equal(counts[2], "0");
    await sound(page);
    await page.getByLabel(say(lang, "page-banks-file"), { exact: true })
      .setInputFiles({ name: "bank.zip", mimeType: "application/zip", buffer: file.subarray(0, 300) });
    await page.getByRole("button", { name: say(lang, "page-banks-check") }).click();
    await page.getByRole("alert").waitFor();
    await page.context().close();
  });

  test(`a question is written, seen as the examinee sees it, and approved by a second person (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/banks/${trade}`);
    await page.getByRole("link", { name: say(lang, "page-questions-open") }).first().click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-questions"), exact: true }).waitFor();
    await sound(page);
    await picture(page, `banks-questions-${lang}`);
    await page.getByRole("link", { name: say(lang, "page-questions-new") }).click();
    await page.getByLabel(say(lang, "page-questions-title"), { exact: true }).fill(`${lang} 如图所示，符号表示（ ）。`);
    for (const [letter, text] of [["A", "接地"], ["B", "熔断器"], ["C", "电容器"]]) {
      await page.getByLabel(say(lang, "page-questions-option", { letter }), { exact: true }).fill(text);
    }
    await page.locator("input[name=right-B]").check();
    await page.getByLabel(say(lang, "page-questions-subject"), { exact: true }).fill("识图");
    await page.getByLabel(say(lang, "page-questions-difficulty"), { exact: true }).selectOption("2");
    await page.getByRole("button", { name: say(lang, "page-questions-preview"), exact: true }).click();
    await alert(page, say(lang, "page-questions-suspect-figure-missing"));
    await sound(page);
    await page.getByLabel(say(lang, "page-questions-picture"), { exact: true })
      .setInputFiles({ name: "figure.png", mimeType: "image/png", buffer: pixel });
    await page.getByRole("button", { name: say(lang, "page-questions-preview"), exact: true }).click();
    await page.getByRole("heading", { name: say(lang, "page-questions-preview") }).waitFor();
    await page.getByRole("img", { name: say(lang, "page-seat-picture") }).waitFor();
    await sound(page);
    await picture(page, `banks-write-${lang}`);
    await page.getByRole("button", { name: say(lang, "page-questions-save") }).click();
    await page.getByText(say(lang, "page-questions-done-written")).waitFor();
    await page.getByText(say(lang, "page-questions-own")).waitFor();
    const address = page.url().split("?")[0];

    const second = await open(browser, { lang });
    await logIn(second, "centre2", lang);
    await second.goto(address);
    await second.getByRole("button", { name: say(lang, "page-question-reject"), exact: true }).click();
    await alert(second, say(lang, "page-questions-remark", { most: 500 }));
    await second.getByRole("button", { name: say(lang, "page-question-approve"), exact: true }).click();
    await second.getByText(say(lang, "page-questions-done-approved")).waitFor();
    await sound(second);

    await second.getByRole("link", { name: say(lang, "page-question-change") }).click();
    await second.getByLabel(say(lang, "page-questions-reason"), { exact: true }).fill("熔断器的图形符号");
    await second.getByRole("button", { name: say(lang, "page-questions-save") }).click();
    await second.getByText(say(lang, "page-questions-done-written")).waitFor();
    assert.equal(await second.locator(".question-version").count(), 2, "versions side by side");
    await sound(second);
    await picture(second, `banks-versions-${lang}`);
    await page.goto(second.url().split("?")[0]);
    await page.getByRole("button", { name: say(lang, "page-question-approve"), exact: true }).click();
    await page.getByText(say(lang, "page-questions-state-superseded")).waitFor();
    await page.goto(`${address.slice(0, address.lastIndexOf("/"))}?text=${lang}+如图&subject=识图&state=approved`);
    assert.equal(await page.locator("tbody tr").count(), 1);
    await sound(page);
    await second.context().close();
    await page.context().close();
  });

  test(`the numbers of the sets are shown with the names of the tests (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/banks/${trade}`);
    await page.getByRole("link", { name: say(lang, "page-statistics-open"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-statistics"), exact: true }).waitFor();
    // Before the first paper is handed in there are no numbers, and the page says so.
    if (await page.getByText(say(lang, "page-statistics-none")).isVisible()) {
      assert.equal(await page.locator("svg.plot-figure").count(), 0);
    } else {
      await page.getByRole("heading", { name: say(lang, "page-statistics-drift") }).waitFor();
      assert.equal(await page.locator("svg.plot-figure").count(), 4);
      assert.ok((await page.locator(".statistics-questions tbody tr").count()) > 10);
    }
    await sound(page);
    await picture(page, `banks-statistics-${lang}`);
    await page.context().close();
  });
}

test("the picture of a question is shown at the seat whose paper has it, also when the line is cut later", async () => {
  const page = await open(browser, { lang: "zh" });
  await page.route("**/api/v1/seat/pictures/7", (route) =>
    route.request().headers().authorization === "Bearer of-this-seat"
      ? route.fulfill({ contentType: "image/png", body: pixel })
      : route.fulfill({ status: 401, body: "{}" }));
  await page.goto(`${server}/seat?room=R01&seat=1`);
  const questions = () => page.evaluate(() => {
    const sitting = { token: "of-this-seat", paper: { items: [{ position: 7, picture: "ab" }, { position: 8 }] } };
    // Nothing else of an examination goes on here.
    Object.assign(globalThis.seat, { sitting, over: true });
    const box = (position) => {
      const made = Object.assign(document.createElement("article"), { className: "card seat-question", id: `seat-q${position}` });
      made.innerHTML = "<fieldset><legend>题目</legend></fieldset>";
      return made;
    };
    document.getElementById("seat-questions").replaceChildren(box(7), box(8));
  });
  await questions();
  await page.locator("#seat-q7 img.seat-picture").waitFor({ state: "attached" });
  assert.equal(await page.locator("img.seat-picture").count(), 1);
  // The line is cut, and the page is loaded anew from a machine that was switched off.
  await page.route("**/api/v1/seat/pictures/7", (route) => route.abort());
  await page.reload();
  await questions();
  await page.locator("#seat-q7 img.seat-picture").waitFor({ state: "attached" });
  await page.context().close();
});
