// The texts of the pages, read from where the pages have them: a reworded button breaks no test,
// a missing one does.

import { readFileSync, readdirSync } from "node:fs";

const tables = { zh: {}, en: {} };
const text = String.raw`"((?:[^"\\]|\\.)*)"`;
const folder = new URL("../../app/src/", import.meta.url);
const names = readdirSync(new URL("texts/", folder)).filter((name) => name.endsWith(".rs"));
const parts = names.sort().map((file) => `texts/${file}`);
for (const file of ["texts.rs", ...parts]) {
  const source = readFileSync(new URL(file, folder), "utf8");
  for (const [, key, zh, en] of source.matchAll(new RegExp(String.raw`(\w+)(?:\s*\[[^\]]*\])?:\s*${text}\s*\|\s*${text}`, "g"))) {
    // The first file is the one that most pages share.
    tables.zh[key] ??= JSON.parse(`"${zh}"`);
    tables.en[key] ??= JSON.parse(`"${en}"`);
  }
}

/** The texts in a language; asking for one that does not exist throws. */
export function words(lang) {
  return new Proxy(tables[lang], {
    get(table, key) {
      if (!(key in table)) throw new Error(`app/src/texts has no text ${String(key)}`);
      return table[key];
    },
  });
}
