// The evening: results, certificates, the phones of all, the print, and what everybody sees at the end.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { kiosk, open, password, printed, say, server } from "./lib.mjs";
import { cast, day, everybody, lang, look, paper, phone, point, visit } from "./day-world.mjs";
import { confirm } from "./day-morning.mjs";

const passed = [cast.wang, cast.li];

/** Everybody has ended; the centre lets the results out and issues the certificates. */
export const publish = async (play) => {
  const page = play.centre;
  await visit(page, `/?day=${day}`);
  await look(page, "44-day-results-due");
  await visit(page, `/sessions/${play.session}`);
  await confirm(page, "results");
  await phone(play.browser, cast.wang, "passed");
  await look(cast.wang.mine, "45-phone-passed");
  await confirm(page, "certificates");
  await look(page, "46-session-issued");
};

/** What each of them reads. */
export const phones = async (play) => {
  const ends = [
    ["wang", "certificate"], ["li", "certificate"], ["zhang", "failed"], ["chen", "failed"], ["huang", "failed"],
    ["ayi", "removed"], ["zhao", "absent"],
  ];
  for (const [name, id] of ends) {
    await phone(play.browser, cast[name], id);
    await look(cast[name].mine, `47-phone-${name}`);
  }
  const line = (who, id, args) => who.mine.getByText(say(lang, id, args)).waitFor();
  await line(cast.wang, "page-my-theory-passed", { points: 100, total: 100 });
  // 20 + 40 + 20 × 98 % + 20: the two examiners' mean.
  await line(cast.wang, "page-my-practical-passed", { points: "99.6" });
  // The lead examiner's 88 of the 20 per cent of K1.
  await line(cast.li, "page-my-practical-passed", { points: "97.6" });
  await line(cast.zhang, "page-my-practical-veto", { points: "96" });
  await line(cast.chen, "page-my-theory-failed", { points: 15, lacking: 65, needed: 80 });
  await line(cast.huang, "page-my-theory-failed", { points: 0, lacking: 80, needed: 80 });
};

/** At the desk of the exam point, on blanks with numbers; the code on the paper is what the public page reads. */
export const print = async (play) => {
  const page = play.desk;
  await page.locator("#tab-prints").click();
  for (const [at, who] of passed.entries()) {
    const row = page.getByRole("row").filter({ hasText: who.certificate ?? "" });
    await page.locator("[data-print]:not([data-reprint])").first().waitFor();
    if (at === 0) await look(page, "48-desk-certificates");
    await row.locator("[data-print]:not([data-reprint])").first().click();
    await page.locator("#blank").fill(`T2026-000${at + 1}`);
    await page.locator("#print-go").click();
    await page.getByText(say(lang, "kiosk-said-printed")).waitFor();
    if (at === 0) await look(page, "49-desk-printed");
    await page.locator("#print-close").click();
  }
  await page.getByText(say(lang, "kiosk-print-printed")).nth(1).waitFor();
  await page.getByText(say(lang, "kiosk-sync-all-sent")).waitFor();
  const files = readdirSync(printed).filter((name) => name.endsWith(".pdf"));
  assert.equal(files.length, passed.length, files.join(" "));
  const public_ = await open(play.browser, { lang, size: "phone" });
  for (const file of files) {
    const [{ text, code }] = paper(readFileSync(join(printed, file)));
    const who = passed.find(({ name }) => text.replace(/\s/g, "").includes(name));
    assert.ok(who, `${file} bears the name of one who passed`);
    await public_.goto(`${server}/verify`);
    await public_.getByRole("textbox", { name: say(lang, "page-verify-code"), exact: true }).fill(code);
    await public_.getByRole("button", { name: say(lang, "page-verify-go") }).last().click();
    await public_.getByRole("heading", { name: say(lang, "page-verify-valid"), exact: true }).waitFor();
    who.certificate = file.replace(/-\d+\.pdf$/, "");
    await public_.getByText(who.certificate).waitFor();
  }
  await look(public_, "50-verify-code");
  await public_.getByRole("textbox", { name: say(lang, "page-verify-number"), exact: true }).fill(cast.li.certificate);
  await public_.getByRole("textbox", { name: say(lang, "page-verify-name"), exact: true }).fill(cast.wang.name);
  await public_.getByRole("button", { name: say(lang, "page-verify-go") }).first().click();
  await public_.getByRole("heading", { name: say(lang, "page-verify-not-found") }).waitFor();
  await public_.context().close();
};

/** The exam point counts its blanks, looks at the recordings, and signs the close of the day. */
export const close = async (play) => {
  const page = play.point;
  await visit(page, `/close/${day}/${point}`);
  await page.getByText(say(lang, "page-close-can-be")).waitFor();
  for (const [field, count] of [["received", 20], ["used", passed.length], ["spoiled", 0], ["left", 20 - passed.length]]) {
    await page.getByLabel(say(lang, `page-close-${field}`), { exact: true }).fill(String(count));
  }
  for (const id of ["recordings", "paper"]) await page.getByLabel(say(lang, `page-close-${id}`)).check();
  await page.getByLabel(say(lang, "page-login-password")).fill(password);
  await look(page, "56-close");
  await page.getByRole("button", { name: say(lang, "page-close-go") }).click();
  await page.getByText(say(lang, "page-close-is-closed")).first().waitFor();
  await look(page, "57-closed");
};

/** The counts of the day add up on every page. */
export const counts = async (play) => {
  const { centre, desk } = play;
  const expected = { passed: 2, failed: 3, absent: 1, removed: 1 };
  for (const [page, name] of [[centre, "centre"], [play.point, "point"]]) {
    await visit(page, `/?day=${day}`);
    for (const [stage, count] of Object.entries(expected)) {
      await page.locator(`.chip-${stage}`).filter({ hasText: new RegExp(`\\b${count}$`) }).first().waitFor();
    }
    await page.getByText(say(lang, "page-certificates-printed", { printed: 2, issued: 2 })).first().waitFor();
    await look(page, `51-day-${name}`);
    await visit(page, `/sessions/${play.session}`);
    const rows = await page.locator("table.roster tbody tr").count();
    assert.equal(rows, everybody.length);
    await look(page, `52-session-${name}`);
  }
  await visit(centre, "/certificates");
  await centre.getByText(say(lang, "page-due-none")).waitFor();
  await centre.getByRole("link", { name: say(lang, "page-all"), exact: true }).click();
  for (const who of passed) await centre.getByText(who.certificate).first().waitFor();
  await look(centre, "53-certificates");
  await visit(centre, `/candidates/${cast.li.ticket}`);
  await look(centre, "54-candidate-end");
  await phone(play.browser, cast.wang, "certificate");
  await cast.wang.mine.getByText(say(lang, "page-my-stop-printed")).waitFor();
  await look(cast.wang.mine, "55-phone-printed");
  await desk.goto(`${kiosk}/desk?lang=${lang}`);
  await desk.getByText(say(lang, "kiosk-sync-all-sent")).waitFor();
};
