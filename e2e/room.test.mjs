// The examination room: the examinee's seat and the invigilator's tablet.
import assert from "node:assert/strict";
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

// What tools that measure pages call slow 4G, and what a seat may cost on it: kilobytes of everything that it loads, and
// milliseconds until somebody can type.
const slow = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const MOST = 60;

test("the seat with everything that it loads is small", async () => {
  for (const address of ["/seat?room=R1&seat=3", "/practice/welding-fusion"]) {
    const page = await open(browser, { lang: "zh" });
    const line = await page.context().newCDPSession(page);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", slow);
    let bytes = 0;
    line.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
    await page.goto(`${server}${address}`, { waitUntil: "networkidle" });
    assert.ok(bytes > 10 * 1024, `${address}: ${bytes} bytes were counted`);
    assert.ok(bytes <= MOST * 1024, `${address}: ${Math.ceil(bytes / 1024)} kB, ${MOST} are allowed`);
    await page.context().close();
  }
});
