// Runs precompile.py and rehearsal.py inside Pyodide under Node.
// Usage: node precompile.mjs FOLDER JOBS, where JOBS is JSON: [{source, destination, mount,
// optimize}, …], archives to compile. All names are of files in FOLDER. The rehearsal imports from
// the archives SOURCES there. Writes used.json: the names of modules by when they are imported.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const SOURCES = ["packages-source.zip", "project-source.zip"];
const NATIVE = "/lib/native";
const [folder, jobs] = process.argv.slice(2);

try {
  await main(JSON.parse(jobs));
} catch (error) {
  // Node would print the minified line of Pyodide that threw.
  console.error(error.message);
  process.exit(1);
}

async function main(jobs) {
  const pyodide = await loadPyodide({
    // Lines without columns: a third of the bytecode's size.
    args: ["-X", "no_debug_ranges"],
    packageBaseUrl: "/none/",
    lockFileContents: { info: { abi_version: "2026_0", arch: "wasm32" }, packages: {} },
  });
  pyodide.FS.mkdirTree("/build");
  pyodide.mountNodeFS("/build", folder);
  await rehearse(pyodide);

  const script = fileURLToPath(new URL("precompile.py", import.meta.url));
  pyodide.FS.writeFile("/home/pyodide/precompile.py", readFileSync(script));
  const { compile_archive: compile } = pyodide.pyimport("precompile");
  const path = pyodide.pyimport("pathlib").Path;
  for (const { source, destination, ...options } of jobs) {
    compile.callKwargs(path(`/build/${source}`), path(`/build/${destination}`), options);
  }
}

// As in worker.js.
async function rehearse(pyodide) {
  const native = new Uint8Array(readFileSync(join(folder, "native-source.zip")));
  pyodide.unpackArchive(native, "zip", { extractDir: NATIVE });
  const paths = [...SOURCES.map((name) => `/build/${name}`), NATIVE];
  pyodide.pyimport("sys").path.extend(pyodide.toPy(paths));
  const { used_modules: usedModules } = pyodide.pyimport("livedocs.browser.rehearsal");
  const used = await usedModules();
  writeFileSync(join(folder, "used.json"), used);
}
