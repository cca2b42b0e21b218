// Runs Python in Pyodide, the Python of xlwings Lite, under node:
//   node pyodide_runner.mjs PYODIDE_FOLDER SCRIPT.py NAME=FOLDER ...
// Each folder is mounted as /mounted/NAME, and /mounted is on Python's path; the script's last expression
// is awaited and printed as one line of JSON. No package is loaded: this is the standard library alone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, script, ...mounts] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
const pyodide = await loadPyodide({ indexURL: folder + "/", stdout: console.error, stderr: console.error });
for (const mount of mounts) {
  const [name, place] = mount.split(/=(.*)/s);
  pyodide.FS.mkdirTree(`/mounted/${name}`);
  pyodide.mountNodeFS(`/mounted/${name}`, place);
}
pyodide.runPython("import sys; sys.path[:0] = ['/mounted', '/mounted/tests']; sys.dont_write_bytecode = True");
const answer = await pyodide.runPythonAsync(readFileSync(script, "utf8"));
console.log(answer);
process.exit(0);
