// How long a person with a slow line looks at nothing: the first contentful paint of every page by role, with an empty
// cache, and when it can be used, which is when its scripts have run, beside the same for a document of a few bytes from the same server. It prints a table and ends with status 0.
import { launch, logInAs, open, server, session, tickets, totp } from "./lib.mjs";

const RUNS = 5;
const LIMIT = 1000;
// What tools that measure pages call slow 4G; KAODIAN_ROUND_TRIP takes another round trip, in milliseconds.
const latency = Number(process.env.KAODIAN_ROUND_TRIP ?? 150);
const line = { offline: false, latency, downloadThroughput: (1.6e6 / 8), uploadThroughput: (0.75e6 / 8) };

// Path and who looks at it; nobody has to be logged in where there is no name.
const pages = [
  ["/login"], ["/about"], ["/verify"], ["/my"], ["/seat"], ["/practice"], ["/practice/welding-fusion"], ["/styleguide"],
  ["/", "centre"], ["/plan", "centre"], [`/sessions/${session}`, "centre"], [`/sessions/${session}/tickets`, "centre"],
  ["/people", "centre"], ["/certificates", "centre"], ["/banks", "centre"], ["/banks/electrician-low-voltage", "centre"],
  ["/draws", "centre"], ["/rules", "centre"], ["/password", "centre"],
  ["/", "point"], ["/readiness/2026-09-28/P01", "point"], ["/paper/2026-09-28/P01", "point"], ["/close/2026-09-28/P01", "point"],
  [`/candidates/${tickets[0]}`, "point"],
  ["/", "room1"], [`/sessions/${session}/room/R1`, "room1"], ["/", "station1"], [`/sessions/${session}/station`, "station1"],
  ["/", "training"], ["/people/new", "training"], ["/", "enterprise"], ["/", "inspector"],
  ["/", "auditor"], ["/events", "auditor"], ["/log/explorer?seq=40", "auditor"], ["/evidence", "auditor"], ["/accounts", "secadmin"], ["/accounts/new?role=auditor", "secadmin"], ["/settings", "sysadmin"],
];
const withCode = ["secadmin", "sysadmin"];

const quartiles = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
};

const browser = await launch();

/** A visit with an empty cache: milliseconds to the first paint with content in it, and kilobytes that came over the line. */
const visit = async (address, state) => {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", storageState: state });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", line);
  let bytes = 0;
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(address, { waitUntil: "load" });
  const paint = await page.evaluate(() => new Promise((resolve) => {
    const look = (entries) => {
      const found = entries.find((entry) => entry.name === "first-contentful-paint");
      if (found) resolve(found.startTime);
    };
    new PerformanceObserver((list) => look(list.getEntries())).observe({ type: "paint", buffered: true });
  }));
  // Scripts that were put off have run by then.
  const usable = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
  await context.close();
  return { paint, usable, kilobytes: bytes / 1024 };
};

const states = new Map([[undefined, undefined]]);
for (const login of new Set(pages.map(([, login]) => login).filter(Boolean))) {
  const page = await open(browser);
  await logInAs(page, login, { code: withCode.includes(login) ? totp(login) : "" });
  states.set(login, await page.context().storageState());
  await page.context().close();
}

const measured = async (address, state) => {
  const visits = [];
  for (let run = 0; run < RUNS; run += 1) visits.push(await visit(address, state));
  const median = (name) => quartiles(visits.map((v) => v[name])).median;
  return { ...quartiles(visits.map((v) => v.paint)), usable: median("usable"), kilobytes: median("kilobytes") };
};

const reference = await measured(`${server}/api/v1/health`);
const row = (name, { low, median, high, usable, kilobytes }) => {
  const numbers = [median, low, high].map((ms) => Math.round(ms).toString().padStart(6)).join(" ");
  const ratio = (median / reference.median).toFixed(2).padStart(6);
  const late = Math.max(median, usable) > LIMIT ? `  over ${LIMIT} ms` : "";
  const ready = Math.round(usable).toString().padStart(6);
  console.log(`${name.padEnd(52)} ${numbers} ${ratio} ${ready} ${kilobytes.toFixed(1).padStart(7)}${late}`);
};
console.log(`A line with a round trip of ${latency} ms, 1.6 Mbit/s down and 0.75 up; milliseconds to the first paint with content, of ${RUNS} visits`);
console.log(`${"page".padEnd(52)} median    q1     q3  ratio usable      kB`);
row("a document of a few bytes (reference)", reference);
const names = [];
for (const [path, login] of pages) {
  const found = await measured(`${server}${path}`, states.get(login));
  const name = `${login ?? "anybody"} ${path.replace(session, "…").replace(tickets[0], "…")}`;
  row(name, found);
  if (Math.max(found.median, found.usable) > LIMIT) names.push(name);
}
console.log(`${names.length} of ${pages.length} pages are painted or usable after more than ${LIMIT} ms`);
await browser.close();
