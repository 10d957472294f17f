// The steps of `cargo leptos build` for the browser's side. Called by build-site.sh:
//   node site.mjs --release|--debug NODE_MODULES     (wasm-bindgen and wasm-opt are in PATH)
// Names and options come from [[workspace.metadata.leptos]] in Cargo.toml, the only place where
// they are written down; keys that mean something to cargo-leptos mean the same here.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import zlib from "node:zlib";

const release = process.argv[2] === "--release";
const require = createRequire(path.join(process.argv[3], "tools.js"));
const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");

const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
const output = (command, args) =>
  execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
const sha256 = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest("hex");
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "");

const metadata = JSON.parse(output("cargo", ["metadata", "--no-deps", "--format-version=1"]));
const config = metadata.metadata.leptos[0];
const target = metadata.target_directory;
// "target" in site-root means the target folder, wherever CARGO_TARGET_DIR has put it.
const site = path.resolve(root, config["site-root"].replace(/^(target|CARGO_TARGET_DIR)(?=\/)/, target));
const name = config["output-name"];
const pkg = config["site-pkg-dir"] ?? "pkg";
/** The script that loads the parts of the module, as wasm-split-cli names it, and as leptos does without hashes. */
const LINKS = "__wasm_split.js";
const MANIFEST = "__wasm_split_manifest.json";
const UNHASHED_LINKS = "__wasm_split.______________________.js";

/** The profile that cargo-leptos would take for "lib" or "bin", and the folder it builds into. */
function profile(kind) {
  const name = config[`${kind}-profile-${release ? "release" : "dev"}`] ?? (release ? "release" : "dev");
  return { name, dir: { dev: "debug", test: "debug", bench: "release" }[name] ?? name };
}

/** All files below a folder, as paths relative to it, in a fixed order. */
function filesBelow(dir) {
  if (!fs.existsSync(dir)) return [];
  const entries = fs.readdirSync(dir, { withFileTypes: true });
  return entries
    .flatMap((e) => (e.isDirectory() ? filesBelow(path.join(dir, e.name)).map((f) => path.join(e.name, f)) : [e.name]))
    .sort();
}

/** Step 1: the WASM module, in its own target folder so that it and the server's build never wait for each other. */
function buildModule() {
  const library = config["lib-package"];
  const { name: profileName, dir } = profile("lib");
  const args = ["build", `--package=${library}`, "--lib", "--target=wasm32-unknown-unknown"];
  args.push(`--target-dir=${target}/front`, `--profile=${profileName}`);
  if (!config["lib-default-features"]) args.push("--no-default-features");
  const features = [...(config["lib-features"] ?? []), ...(config.features ?? [])];
  if (features.length) args.push(`--features=${features.join(",")}`);
  const env = { ...process.env };
  // As cargo-leptos does: much shorter types, so a debug build compiles in a bearable time.
  if (!release) env.RUSTFLAGS = `${env.RUSTFLAGS ?? ""} --cfg erase_components`.trim();
  run("scripts/wasm-toolchain.sh", ["cargo", ...args], { env });
  return path.join(target, "front/wasm32-unknown-unknown", dir, `${library.replaceAll("-", "_")}.wasm`);
}

/**
 * Steps 2 to 4: the module is split along `wasm_split` (app/src/ui/pages/parts.rs), the main part goes through
 * wasm-bindgen, all parts through wasm-opt. Returns a folder that holds what belongs into pkg/.
 */
async function bindModule(module) {
  const out = path.join(target, "front/site-parts", release ? "release" : "debug");
  const stamp = path.join(out, "..", `${path.basename(out)}.stamp`);
  const optimise = config["wasm-opt-features"] ?? ["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"];
  const tools = output("wasm-bindgen", ["--version"]) + read(path.join(process.argv[3], "../package-lock.json"));
  const key = sha256(fs.readFileSync(module), tools, JSON.stringify(config), read(new URL(import.meta.url).pathname));
  if (read(stamp) === key) return out;

  fs.rmSync(out, { recursive: true, force: true });
  fs.rmSync(stamp, { force: true });
  fs.mkdirSync(out, { recursive: true });
  run("wasm-split-cli", ["--target=web", `--out-name=${name}`, module, out]);
  const wasm = path.join(out, `${name}.wasm`);
  run("wasm-bindgen", ["--target=web", "--no-typescript", "--keep-lld-exports", `--out-name=${name}`, `--out-dir=${out}`, wasm]);
  fs.renameSync(path.join(out, `${name}_bg.wasm`), wasm); // the name that leptos asks for
  const manifest = preloads(fs.readFileSync(path.join(out, LINKS), "utf8"));
  fs.writeFileSync(path.join(out, MANIFEST), JSON.stringify(manifest));
  if (release) {
    for (const part of filesBelow(out).filter((file) => file.endsWith(".wasm"))) {
      run("wasm-opt", [...optimise, path.join(out, part), "-o", path.join(out, part)]);
    }
    if (config["js-minify"] ?? true) {
      const { minify } = require("terser");
      for (const js of [`${name}.js`, LINKS].map((file) => path.join(out, file))) {
        fs.writeFileSync(js, (await minify(fs.readFileSync(js, "utf8"), { module: true })).code);
      }
    }
  }
  fs.writeFileSync(stamp, key);
  return out;
}

/** Step 5: the style sheet, for the same browsers as cargo-leptos by default. */
function buildStyle() {
  if (!config["style-file"]) return Buffer.alloc(0);
  const css = require("lightningcss");
  const filename = path.join(root, config["style-file"]);
  const targets = css.browserslistToTargets(require("browserslist")(config.browserquery ?? "defaults"));
  const options = { filename, targets, minify: release };
  const result = config["style-bundle"] ? css.bundle(options) : css.transform({ ...options, code: fs.readFileSync(filename) });
  for (const warning of result.warnings) console.error(`${config["style-file"]}: ${warning.message}`);
  return Buffer.from(result.code);
}

/** Which files the browser needs for each part of the module, without `.wasm`, read from the script that loads them. */
function preloads(links) {
  const files = new Map(); // from the name of a loader
  const manifest = {};
  // Each begins a line: first those of the chunks that several parts share, then those of the parts.
  for (const loader of links.split(/^(?:export )?const (?=__(?:chunk|wasm_split_load)_)/m).slice(1)) {
    const [, variable] = /^(\w+) = /.exec(loader);
    const file = /new URL\("\.\/([^"]+)\.wasm"/.exec(loader)?.[1]; // a part may be empty
    const [, shared] = /, \[([^\]]*)\]\)+;/.exec(loader);
    files.set(variable, file);
    const needs = [...shared.split(", ").map((one) => files.get(one)), file].filter(Boolean);
    if (variable.startsWith("__wasm_split_load_")) manifest[variable.slice("__wasm_split_load_".length)] = needs;
  }
  return manifest;
}

/** The site's files as a map from path to content, and what the server has to know about them. */
function assemble(parts, style) {
  const files = new Map();
  const assets = path.join(root, config["assets-dir"] ?? "public");
  for (const file of filesBelow(assets)) files.set(file, fs.readFileSync(path.join(assets, file)));

  // The server compares it with its own.
  const { version } = metadata.packages.find((one) => one.name === config["bin-package"]);
  files.set("version.txt", `${version}\n`);

  let hashes = "";
  /** Puts a file into pkg/ and returns its name there; `kind` is its name in the list of hashes. */
  const add = (file, content, kind, hash = createHash("md5").update(content).digest("base64url")) => {
    // Snippets are imported by the JavaScript under their own names.
    if (config["hash-files"] && !file.startsWith("snippets")) {
      file = file.replace(/\.(\w+)$/, `.${hash}.$1`);
      if (kind) hashes += `${kind}: ${hash}\n`;
    }
    files.set(path.join(pkg, file), content);
    return file;
  };
  const part = (file) => fs.readFileSync(path.join(parts, file));
  add(`${name}.wasm`, part(`${name}.wasm`), "wasm");
  let [script, links] = [`${name}.js`, LINKS].map((file) => part(file).toString());
  const manifest = JSON.parse(part(MANIFEST).toString());
  for (const file of filesBelow(parts).filter((f) => f.endsWith(".wasm") && f !== `${name}.wasm`)) {
    const stem = path.basename(file, ".wasm");
    const named = path.basename(add(file, part(file)), ".wasm");
    links = links.replaceAll(`./${stem}.wasm`, `./${named}.wasm`);
    for (const list of Object.values(manifest)) {
      const at = list.indexOf(stem);
      if (at >= 0) list[at] = named;
    }
  }
  // The two scripts import each other, so their hash is one.
  const both = createHash("md5").update(script).update(links).digest("base64url");
  const [scriptName, linksName] = config["hash-files"] ? [`${name}.${both}.js`, `__wasm_split.${both}.js`] : [`${name}.js`, UNHASHED_LINKS];
  // Only where it is loaded: the module asks for its imports by the plain name.
  script = script.replace(/(\bfrom\s*["'])\.\/__wasm_split\.js/g, `$1./${linksName}`);
  links = links.replaceAll(`./${name}.js`, `./${scriptName}`);
  add(`${name}.js`, Buffer.from(script), "js", both);
  add(config["hash-files"] ? LINKS : UNHASHED_LINKS, Buffer.from(links), "split", both);
  add(MANIFEST, Buffer.from(JSON.stringify(manifest)), "manifest");
  add(`${name}.css`, style, "css");
  for (const file of filesBelow(parts).filter((f) => f.startsWith("snippets"))) add(file, part(file));
  return { files, hashes };
}

/** Writes the site beside the old one and swaps them, so a running server never sees half of it. */
function write(files) {
  const fresh = `${site}.new`;
  const old = `${site}.old`;
  for (const dir of [fresh, old]) fs.rmSync(dir, { recursive: true, force: true });
  for (const [file, content] of files) {
    const to = path.join(fresh, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, content);
    if (!release) continue;
    // A picture does not get smaller: then the server sends the plain file.
    const gzip = zlib.gzipSync(content, { level: 9 });
    if (gzip.length < content.length) fs.writeFileSync(`${to}.gz`, gzip);
    const brotli = zlib.brotliCompressSync(content, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
    if (brotli.length < content.length) fs.writeFileSync(`${to}.br`, brotli);
  }
  if (fs.existsSync(site)) fs.renameSync(site, old);
  fs.renameSync(fresh, site);
  fs.rmSync(old, { recursive: true, force: true });
}

const parts = await bindModule(buildModule());
const { files, hashes } = assemble(parts, buildStyle());

// leptos looks for it beside the server's executable.
const hashFile = path.join(target, profile("bin").dir, config["hash-file-name"] ?? "hash.txt");
const stamp = path.join(target, "front/site.stamp");
const key = sha256(site, String(release), ...[...files].flat());
if (read(stamp) !== key || !fs.existsSync(site)) {
  fs.rmSync(stamp, { force: true });
  write(files);
  fs.writeFileSync(stamp, key);
}
if (config["hash-files"] && read(hashFile) !== hashes) {
  fs.mkdirSync(path.dirname(hashFile), { recursive: true });
  fs.writeFileSync(hashFile, hashes);
}

const size = (file) => (fs.existsSync(file) ? `${Math.ceil(fs.statSync(file).size / 1024)} kB` : "-");
for (const file of files.keys()) {
  if (!file.startsWith(pkg)) continue;
  const to = path.join(site, file);
  console.error(`${path.relative(root, to)}: ${size(to)}, gzip ${size(`${to}.gz`)}, brotli ${size(`${to}.br`)}`);
}
