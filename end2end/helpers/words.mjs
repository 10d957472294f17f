// The texts of the pages, read from where the pages have them: a reworded button breaks no test,
// a missing one does.

import { readFileSync } from "node:fs";

const tables = { zh: {}, en: {} };
const text = String.raw`"((?:[^"\\]|\\.)*)"`;
for (const file of ["ui.rs", "ui/plan.rs", "ui/days.rs", "ui/execution.rs", "ui/runlog.rs", "ui/start.rs", "ui/health.rs"]) {
  const source = readFileSync(new URL(`../../app/src/i18n/${file}`, import.meta.url), "utf8");
  for (const [, key, zh, en] of source.matchAll(new RegExp(String.raw`(\w+):\s*${text}\s*\|\s*${text}`, "g"))) {
    // The first file is the one that most pages share.
    tables.zh[key] ??= JSON.parse(`"${zh}"`);
    tables.en[key] ??= JSON.parse(`"${en}"`);
  }
}

/** The texts in a language; asking for one that does not exist throws. */
export function words(lang) {
  return new Proxy(tables[lang], {
    get(table, key) {
      if (!(key in table)) throw new Error(`app/src/i18n has no text ${String(key)}`);
      return table[key];
    },
  });
}
