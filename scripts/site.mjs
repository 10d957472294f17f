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

/** Step 2 and 3: wasm-bindgen and wasm-opt; returns a folder that holds what belongs into pkg/. */
async function bindModule(module) {
  const out = path.join(target, "front/site-parts", release ? "release" : "debug");
  const stamp = path.join(out, "..", `${path.basename(out)}.stamp`);
  const optimise = config["wasm-opt-features"] ?? ["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"];
  const tools = output("wasm-bindgen", ["--version"]) + read(path.join(process.argv[3], "../package-lock.json"));
  const key = sha256(fs.readFileSync(module), tools, JSON.stringify(config), read(new URL(import.meta.url).pathname));
  if (read(stamp) === key) return out;

  fs.rmSync(out, { recursive: true, force: true });
  fs.rmSync(stamp, { force: true });
  run("wasm-bindgen", ["--target=web", "--no-typescript", `--out-name=${name}`, `--out-dir=${out}`, module]);
  const wasm = path.join(out, `${name}.wasm`);
  fs.renameSync(path.join(out, `${name}_bg.wasm`), wasm); // the name that leptos asks for
  if (release) {
    run("wasm-opt", [...optimise, wasm, "-o", wasm]);
    if (config["js-minify"] ?? true) {
      const js = path.join(out, `${name}.js`);
      const { minify } = require("terser");
      fs.writeFileSync(js, (await minify(fs.readFileSync(js, "utf8"), { module: true })).code);
    }
  }
  fs.writeFileSync(stamp, key);
  return out;
}

/** Step 4: the style sheet, for the same browsers as cargo-leptos by default. */
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

/** The site's files as a map from path to content, and what the server has to know about them. */
function assemble(parts, style) {
  const files = new Map();
  const assets = path.join(root, config["assets-dir"] ?? "public");
  for (const file of filesBelow(assets)) files.set(file, fs.readFileSync(path.join(assets, file)));

  // The server compares it with its own.
  const { version } = metadata.packages.find((one) => one.name === config["bin-package"]);
  files.set("version.txt", `${version}\n`);

  let hashes = "";
  const add = (file, content) => {
    const extension = path.extname(file).slice(1);
    // Snippets are imported by the JavaScript under their own names.
    if (config["hash-files"] && !file.startsWith("snippets")) {
      const hash = createHash("md5").update(content).digest("base64url");
      file = file.replace(/\.(\w+)$/, `.${hash}.$1`);
      hashes += `${extension}: ${hash}\n`;
    }
    files.set(path.join(pkg, file), content);
  };
  const main = [`${name}.js`, `${name}.wasm`];
  for (const file of main) add(file, fs.readFileSync(path.join(parts, file)));
  add(`${name}.css`, style);
  for (const file of filesBelow(parts).filter((f) => f.startsWith("snippets"))) {
    add(file, fs.readFileSync(path.join(parts, file)));
  }
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
