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

  // Puts new content into an element. Focus and what was typed into fields marked `data-keep` stay.
  fill(element, html) {
    const focused = document.activeElement && document.activeElement.id;
    const typed = [...element.querySelectorAll("[data-keep]")].map((field) => [field.id, field.value, field.selectionEnd]);
    element.innerHTML = html;
    for (const [id, value, caret] of typed) {
      const field = document.getElementById(id);
      if (field) {
        field.value = value;
        field.setSelectionRange(caret, caret);
      }
    }
    const again = focused && document.getElementById(focused);
    if (again && again !== document.activeElement) {
      again.focus({ preventScroll: true });
    }
  },

  // Renews the inside of an element whenever the server has something new. `path` answers nothing while there is
  // nothing to renew.
  renew(element, path, pause, onState, onNew) {
    let tag = "";
    let last = "";
    const once = async () => {
      const asked = path();
      if (!asked) {
        tag = "";
        return;
      }
      try {
        const headers = tag && asked === last ? { "if-none-match": tag } : {};
        const response = await fetch(asked, { headers });
        const html = response.ok ? await response.text() : "";
        // What was asked may not be wanted any more.
        if (response.ok && path() === asked) {
          tag = response.headers.get("etag") || "";
          last = asked;
          kiosk.fill(element, html);
          if (onNew) {
            onNew();
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
