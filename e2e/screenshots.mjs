// Pictures of the pages at device sizes, in both languages, under target/screenshots.
import { kiosk, languages, launch, logIn, open, picture, server, tickets } from "./lib.mjs";

const browser = await launch();
for (const lang of languages) {
  for (const size of ["desktop", "phone"]) {
    const page = await open(browser, { lang, size });
    await page.goto(`${server}/lang/${lang}`);
    await page.goto(`${server}/login`);
    await picture(page, `login-${size}-${lang}`);
    await logIn(page, "centre", lang);
    await page.goto(`${server}/?day=2026-09-28`);
    await picture(page, `day-${size}-${lang}`);
    await page.goto(`${server}/candidates/${tickets[0]}`);
    await picture(page, `candidate-${size}-${lang}`);
    await page.context().close();
  }
  for (const [path, size, name] of [["/", "kiosk", "checkin"], ["/board", "board", "board"], ["/desk", "desktop", "desk"]]) {
    const page = await open(browser, { lang, size });
    await page.goto(`${kiosk}${path}?lang=${lang}`);
    await page.waitForLoadState("networkidle").catch(() => {});
    await picture(page, `${name}-${size}-${lang}`);
    await page.context().close();
  }
}
await browser.close();
