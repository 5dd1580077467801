// What all pages share: writing with the header that foreign pages cannot set, and parts that renew themselves.
"use strict";

const kiosk = {
  lang: document.body.dataset.lang,

  // Sends JSON. Answers {ok, text}; a machine that does not answer is an answer too.
  async post(path, body) {
    try {
      const response = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-kaodian-kiosk": "1" },
        body: JSON.stringify(body),
      });
      return { ok: response.ok, text: await response.text() };
    } catch {
      return { ok: false, text: "" };
    }
  },

  // The sentence of a problem document in the language of the page.
  problem(text) {
    try {
      const problem = JSON.parse(text);
      const english = kiosk.lang === "en";
      const title = english ? problem.title_en : problem.title;
      const detail = english ? problem.detail_en : problem.detail;
      return title ? title + " " + (detail || "") : document.body.dataset.offline;
    } catch {
      return document.body.dataset.offline;
    }
  },

  // Renews the inside of an element whenever the server has something new. Focus stays where it was.
  renew(element, path, pause, onState) {
    let tag = "";
    const once = async () => {
      try {
        const headers = tag ? { "if-none-match": tag } : {};
        const response = await fetch(path(), { headers });
        if (response.ok) {
          tag = response.headers.get("etag") || "";
          const focused = document.activeElement && document.activeElement.id;
          element.innerHTML = await response.text();
          if (focused && document.getElementById(focused)) {
            document.getElementById(focused).focus();
          }
        }
        onState(response.ok || response.status === 304);
      } catch {
        onState(false);
      }
    };
    const loop = async () => {
      await once();
      setTimeout(loop, pause);
    };
    setTimeout(loop, pause);
    return once;
  },
};
