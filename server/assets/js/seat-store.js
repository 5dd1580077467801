// What a seat keeps on its machine, and what it checks: a copy of everything that was answered, on the disk before it is
// sent; papers that come sealed; receipts that prove what the server has saved.
"use strict";
(() => {
  const bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const hex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const digits = (raw) => [...raw].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const utf8 = (text) => new TextEncoder().encode(text);
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

  // The copy. Each write waits for the disk, so that a machine that is switched off has it; without a store (private
  // window) memory has to do.
  const opened = new Promise((resolve) => {
    const asked = globalThis.indexedDB?.open("kaodian-seat", 1);
    if (!asked) return resolve(null);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => resolve(null);
  });
  const within = async (mode, work) => {
    const store = await opened;
    if (!store) return null;
    return new Promise((resolve) => {
      const change = store.transaction("kept", mode, { durability: "strict" });
      const asked = work(change.objectStore("kept"));
      change.oncomplete = () => resolve(asked?.result ?? null);
      change.onerror = change.onabort = () => resolve(null);
    });
  };
  const get = (key) => within("readonly", (kept) => kept.get(key));
  const put = (key, value) => within("readwrite", (kept) => (value === null ? kept.delete(key) : kept.put(value, key)));

  // The paper.
  const unseal = async (key, sealed) => {
    const secret = await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["decrypt"]);
    // Every key seals one paper alone, which is why the nonce is nought.
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, secret, bytes(sealed));
    return JSON.parse(new TextDecoder().decode(plain));
  };

  // Receipts: the leaf of the answer, its way up to the root, and the log's signature under the root.
  const leads = async (leaf, index, size, path, root) => {
    let [at, last, hash] = [index, size - 1, leaf];
    for (const side of path.map(bytes)) {
      if (last === 0) return false;
      if (at % 2 === 1 || at === last) {
        hash = await sha256([1], side, hash);
        while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
      } else hash = await sha256([1], hash, side);
      [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    }
    return last === 0 && digits(hash) === digits(root);
  };
  const signed = async (text, lines, logKey) => {
    // name+id+key: the name holds no plus sign, base64 may.
    const [, name, encoded] = /^([^+]+)\+[0-9a-f]{8}\+(.+)$/.exec(logKey) ?? [];
    const line = lines.find((one) => one.startsWith(`— ${name} `));
    if (!line) return false;
    const signature = bytes(line.split(" ")[2]).slice(4);
    try {
      const key = await crypto.subtle.importKey("raw", bytes(encoded).slice(1), "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", key, signature, utf8(text));
    } catch (error) {
      // A browser without this kind of signature: the way to the root is all that it can check.
      return error.name === "NotSupportedError";
    }
  };
  const proves = async (answer, logKey) => {
    const { ticket, seq, position, choice, at, given, receipt } = answer;
    const cut = receipt.note.indexOf("\n\n");
    const [text, lines] = [receipt.note.slice(0, cut + 1), receipt.note.slice(cut + 2).split("\n")];
    const [origin, size, root] = text.split("\n");
    const name = logKey.slice(0, logKey.indexOf("+"));
    if (origin !== `${name}/answers/${receipt.event}`) return false;
    const commitment = digits(await sha256(hex(receipt.salt), utf8(choice)));
    const leaf = ["kaodian-answer/1", ticket, seq, position, at, given ?? "-", commitment, receipt.sealed, ""].join("\n");
    const hash = await sha256([0], utf8(leaf));
    if (!(await leads(hash, receipt.index, Number(size), receipt.path, bytes(root)))) return false;
    return signed(text, lines, logKey);
  };

  globalThis.seatStore = { get, put, unseal, proves };
})();
