// The practical: two examiners with a tablet each, and the lead examiner where they differ.
import assert from "node:assert/strict";
import { password, say } from "./lib.mjs";
import { cast, device, lang, loginOf, look, phone, visit } from "./day-world.mjs";

const PARTS = ["K1", "K2", "K3", "K4"];
const button = (page, id) => page.getByRole("button", { name: say(page.lang, id), exact: true });
const told = (page, id) => page.getByText(say(page.lang, id)).first().waitFor();

const sign = async (page, go) => {
  await page.getByLabel(say(page.lang, "page-station-password")).fill(password);
  await button(page, go).click();
};

/** Marks one part: takes points off by the steppers, ticks a veto item, signs. */
const score = async (page, { off = 0, veto = false, name } = {}) => {
  const total = page.locator("#total");
  await total.filter({ hasText: "100" }).waitFor();
  const less = page.locator("[data-step='-1']");
  // Every item is worth some points; they come off the first ones.
  for (let at = 0, left = off; left > 0; at += 1) {
    const field = page.locator(".station-item input").nth(at);
    const take = Math.min(left, Number(await field.inputValue()));
    for (let point = 0; point < take; point += 1) await less.nth(at).click();
    left -= take;
  }
  await total.filter({ hasText: String(100 - off) }).waitFor();
  if (veto) {
    await page.locator("[data-veto]").first().check();
    await page.getByLabel(say(page.lang, "page-station-veto-confirm")).check();
  }
  if (name) await look(page, name);
  await sign(page, "page-station-sign");
};

const examine = async (page, who, marks, name) => {
  await page.getByRole("link", { name: who.ticket }).click();
  for (const [at, part] of PARTS.entries()) {
    await page.locator(`.station-part[aria-current]`, { hasText: part }).waitFor();
    await score(page, { ...marks[part], name: name && at === 0 ? name : undefined });
    const next = PARTS[at + 1];
    const [id, args] = next ? ["page-station-next-part", { part: next }] : ["page-station-back", {}];
    await page.getByRole("link", { name: say(page.lang, id, args) }).click();
  }
};

/** Who passed the theory is marked by two; who did not never appears. */
export const mark = async (play) => {
  const of = (kind) => play.duties.filter((duty) => duty.kind === kind);
  const place = of("examiner")[0].place;
  const pair = of("examiner").filter((duty) => duty.place === place);
  assert.equal(pair.length, 2, "two examiners at a station");
  const { wang, li, zhang } = cast;
  await phone(play.browser, wang, "practical");
  const [one, two] = await Promise.all(pair.map((duty, at) =>
    device(play.browser, loginOf(duty.name, "station"), { size: "tablet", lang: at ? "en" : lang })));
  for (const page of [one, two]) {
    await page.getByRole("link", { name: say(page.lang, "page-station-open-examiner") }).click();
    page.station = new URL(page.url()).pathname;
    const listed = await page.locator(".station-rows .num").allInnerTexts();
    assert.deepEqual(listed.sort(), [wang, li, zhang].map((who) => who.ticket).sort());
  }
  await look(one, "37-station");
  const vetoed = { K2: { off: 10, veto: true } };
  await Promise.all([
    (async () => {
      await examine(one, wang, { K3: { off: 4 } }, "38-sheet");
      await examine(one, li, {});
      await examine(one, zhang, vetoed);
    })(),
    (async () => {
      await examine(two, wang, {}, "39-sheet-en");
      await examine(two, li, { K1: { off: 24 } });
      await examine(two, zhang, vetoed);
    })(),
  ]);
  await visit(two, two.station);
  await look(two, "40-station-marked");
  await settle(play, li, of("lead-examiner")[0]);
  await visit(one, one.station);
  await look(one, "43-station-done");
  for (const page of [one, two]) await page.context().close();
};

const settle = async (play, who, lead) => {
  const page = await device(play.browser, loginOf(lead.name, "station"), { size: "tablet" });
  await page.getByRole("link", { name: say(lang, "page-station-open-lead-examiner") }).click();
  await look(page, "41-lead");
  await page.getByRole("link", { name: say(lang, "page-station-todo-lead") }).click();
  await page.getByLabel(say(lang, "page-station-settle-points")).fill("88");
  await page.getByLabel(say(lang, "page-room-reason")).fill("回看录像：验电步骤完整，读数慢，酌情扣分");
  await look(page, "42-settle");
  await sign(page, "page-station-settle-go");
  await told(page, "page-station-done-settled");
  await page.context().close();
};
