// How to run an example that was downloaded: a README, and what else that takes.

const IMPORT = /^(?:>>>|\.\.\.)?[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+(.+))/gm;
const COMES_WITH_BOCADILLO = new Set([
  ...["anyio", "bocadillo", "click", "itsdangerous", "jinja2", "msgspec", "multipart"],
  ...["python_multipart", "starlette", "uvicorn", "websockets"],
]);
// Packages that have another name than what they are imported by.
const PACKAGES = {
  PIL: "pillow",
  bs4: "beautifulsoup4",
  dateutil: "python-dateutil",
  jwt: "pyjwt",
  yaml: "pyyaml",
};
const EXTRAS = {
  test: /\b(?:create_client|LiveServer|AsyncClient|bocadillo\.testing)\b/,
  wsgi: /\bwsgi|\bstart_response\b/i,
};
const AWAITS_AT_ITS_TOP = /^(?:(?:\w[\w., \t]*=[ \t]*)?await\b|async (?:with|for)\b)/m;

// Returns the files with a README, and for a script that awaits at its top level what runs it.
// `place`: {title, url, site} of the page; `stdlib`: the modules that come with Python.
export function withReadme({ files, example, place, stdlib }) {
  const { kind, main, commands = [] } = example;
  const awaits = kind === "script" && AWAITS_AT_ITS_TOP.test(files[main]);
  const parts = [
    `# ${main}\n\nFrom “${place.title}”: <${place.url}>`,
    setUp(packagesOf(files, stdlib), place),
    { app: serving, session: typing }[kind]?.(main) ??
      `## Run\n\n    python ${awaits ? "run.py" : main}`,
    ...(commands.length > 0 ? [asking(commands)] : []),
  ];
  const name = "README.md" in files ? "HOW-TO-RUN.md" : "README.md";
  return { ...files, ...(awaits && { "run.py": runner(main) }), [name]: `${parts.join("\n\n")}\n` };
}

// The packages that Python files import and that do not come with Python.
export function packagesOf(files, stdlib) {
  const sources = Object.entries(files).filter(([path]) => /\.py(?:con)?$/.test(path));
  const own = new Set(Object.keys(files).map((path) => path.split("/")[0].replace(/\.py$/, "")));
  const known = new Set([...stdlib, ...COMES_WITH_BOCADILLO]);
  const names = sources.flatMap(([, text]) => importsOf(text));
  const others = names.filter((name) => !own.has(name) && !known.has(name));
  const all = sources.map(([, text]) => text).join("\n");
  const needsBocadillo = names.some((name) => COMES_WITH_BOCADILLO.has(name));
  const extras = Object.keys(EXTRAS).filter((name) => EXTRAS[name].test(all));
  const bocadillo = needsBocadillo ? [`bocadillo[${["standard", ...extras].join(",")}]`] : [];
  return [...bocadillo, ...[...new Set(others)].sort().map((name) => PACKAGES[name] ?? name)];
}

function importsOf(text) {
  const names = [...text.matchAll(IMPORT)].flatMap(([, from, list]) =>
    from ? [from] : list.split(",").map((name) => name.trim().match(/^\w*/)[0]),
  );
  return names.filter((name) => name !== "" && name !== "__future__");
}

function setUp(packages, { site }) {
  const install = packages.map((name) => (name.includes("[") ? `"${name}"` : name)).join(" ");
  const note = packages[0]?.startsWith("bocadillo") ? olderOnes(site) : "";
  return `## Set up

You need Python 3.11 or newer. In this folder:

    python3 -m venv .venv
    source .venv/bin/activate${install && `\n    pip install ${install}`}

On Windows, the first two lines are \`py -m venv .venv\` and \`.venv\\Scripts\\activate\`.${note}`;
}

function olderOnes(site) {
  return `

What \`pip\` finds must be Bocadillo 1.0 or later; until it is out, install it from its sources:
<${site}guide/installation/#before-10-is-out>`;
}

function serving(main) {
  return `## Run

    uvicorn ${main.replace(/\.py$/, "").replaceAll("/", ".")}:app --reload

Then it is at <http://localhost:8000/>, until you press Ctrl-C.`;
}

function typing(main) {
  return `## Run

    python -m asyncio

Then type the lines of \`${main}\` that begin with \`>>>\` or \`...\`, without these marks.`;
}

function asking(commands) {
  const lines = commands.map((command) => `    ${command.replaceAll("\n", "\n    ")}`);
  return `## Ask\n\nIn another terminal, in this order:\n\n${lines.join("\n")}`;
}

function runner(main) {
  return `"""Run ${main}, which awaits at its top level."""

import ast
import asyncio
import inspect
from pathlib import Path

source = Path("${main}").read_text(encoding="utf-8")
code = compile(source, "${main}", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
result = eval(code, {"__name__": "__main__"})
if inspect.iscoroutine(result):
    asyncio.run(result)
`;
}
