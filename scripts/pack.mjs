// Makes one file of the program and its pages: appends the built site to a copy of the executable.
//   node scripts/pack.mjs PROGRAM SITE HASHES OUTPUT
// The format is described in server/src/http/site/archive.rs, which reads it.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

const MAGIC = "JCRONTAB SITE 1\n";
const FOOTER = 64;
const CODINGS = { br: ".br", gzip: ".gz" };

const [program, site, hashFile, output] = process.argv.slice(2);
if (!output) {
  console.error("usage: node scripts/pack.mjs PROGRAM SITE HASHES OUTPUT");
  process.exit(2);
}

/** All files below a folder, as paths relative to it, in a fixed order. */
function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** An executable without an archive that it may have. */
function bare(file) {
  const bytes = fs.readFileSync(file);
  const footer = bytes.length - FOOTER;
  if (footer < 0 || bytes.toString("latin1", footer, footer + MAGIC.length) !== MAGIC) return bytes;
  return bytes.subarray(0, footer - Number(bytes.readBigUInt64LE(footer + MAGIC.length + 8)));
}

const parts = [];
let length = 0;
const put = (file) => {
  const content = fs.readFileSync(path.join(site, file));
  const part = { offset: length, length: content.length };
  parts.push(content);
  length += content.length;
  return { part, content };
};

const all = filesBelow(site);
const compressed = (file) => Object.values(CODINGS).some((end) => file.endsWith(end) && all.includes(file.slice(0, -end.length)));
const files = {};
for (const file of all.filter((one) => !compressed(one))) {
  const { part, content } = put(file);
  const tag = createHash("sha256").update(content).digest("hex").slice(0, 32);
  files[file] = { ...part, tag };
  for (const [coding, end] of Object.entries(CODINGS)) {
    if (all.includes(file + end)) files[file][coding] = put(file + end).part;
  }
}

const hashes = fs.readFileSync(hashFile, "utf8");
// A program that was packed with another build's list of names would show pages without style.
for (const [, hash] of hashes.matchAll(/^(?:css|js|wasm): (\S+)$/gm)) {
  if (!Object.keys(files).some((file) => file.includes(hash))) {
    console.error(`${hashFile} and ${site} are not of one build: no file has ${hash} in its name.`);
    process.exit(1);
  }
}

const index = Buffer.from(JSON.stringify({ hashes, files }));
const tail = Buffer.concat([...parts, index]);
const footer = Buffer.alloc(FOOTER);
footer.write(MAGIC, "latin1");
footer.writeBigUInt64LE(BigInt(length), 16);
footer.writeBigUInt64LE(BigInt(tail.length), 24);
createHash("sha256").update(tail).digest().copy(footer, 32);

// Under another name first: the old file may be running.
const fresh = `${output}.new`;
fs.mkdirSync(path.dirname(output), { recursive: true });
fs.writeFileSync(fresh, Buffer.concat([bare(program), tail, footer]), { mode: 0o755 });
fs.renameSync(fresh, output);
const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
console.error(`${output}: ${size(fs.statSync(output).size)}, pages ${size(tail.length)}`);
