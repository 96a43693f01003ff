// Makes what pages load: one stylesheet, the design system's script, ours, and the map's. `node build.mjs FOLDER`.
// Each file is named with a digest of its content, so that a browser may keep it for good; manifest.json says which is which.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const to = process.argv[2];
const packages = join(here, "node_modules");
const made = new Map(); // name -> content

const { css } = compile(join(here, "styles", "office.scss"), {
  style: "compressed", loadPaths: [packages, here, join(here, "styles")], quietDeps: true,
  silenceDeprecations: ["import"],
});
if (css.includes("GDS Transport")) throw new Error("the stylesheet names GDS Transport");
if (/url\(["']?https?:/.test(css)) throw new Error("the stylesheet loads from another host");
made.set("office.css", css);
made.set("govuk.js", script(join(packages, "govuk-frontend/dist/govuk/govuk-frontend.min.js")));
for (const folder of ["scripts", "images"]) {
  for (const name of readdirSync(join(here, folder))) made.set(name, readFileSync(join(here, folder, name)));
}
for (const name of ["maplibre-gl.mjs", "maplibre-gl-shared.mjs", "maplibre-gl-worker.mjs"]) {
  made.set(`map/${name}`, script(join(packages, "maplibre-gl/dist", name)));
}
made.set("map/maplibre-gl.css", readFileSync(join(packages, "maplibre-gl/dist/maplibre-gl.css")));

rmSync(to, { recursive: true, force: true });
const manifest = {};
const whole = createHash("sha256");
for (const name of [...made.keys()].sort()) whole.update(name).update(made.get(name));
const edition = whole.digest("hex").slice(0, 12);
for (const [name, content] of made) {
  const path = join(to, edition, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  manifest[name] = `${edition}/${name}`;
}
writeFileSync(join(to, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);

// A script without the address of a map of its source that is not served.
function script(path) {
  return readFileSync(path, "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}
