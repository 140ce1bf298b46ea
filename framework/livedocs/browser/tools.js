// What a reader takes away: the open file, all files as an archive, a link.

import { withReadme } from "./readme.js";
import { pack, PREFIX } from "./share.js";
import { button, make } from "./view.js";
import { zip } from "./zip.js";

export function toolsRow({ example, editor, runtime: { settings } }) {
  const site = new URL("../../", settings.base).href; // `base`: <site>/_live/<hash>/
  const said = make("span", { className: "live-said", role: "status" });
  const link = make("input", { type: "text", readOnly: true, hidden: true });
  link.setAttribute("aria-label", "Link to this code");
  link.addEventListener("focus", () => link.select());
  const tell = (act) => async () => {
    said.textContent = "";
    said.textContent = await act().catch((error) => error.message);
  };
  const stdlib = settings.stdlib.split(" ");
  const toCopy = tell(() => copyText(editor.text, `${editor.shown} copied.`));
  const toSave = tell(async () => save(example, editor, { site, stdlib }));
  const toShare = tell(async () => {
    link.value = `${site}play/${PREFIX}${await pack({ ...example, files: editor.files })}`;
    link.hidden = false;
    return copyText(link.value, "Link copied.");
  });
  const copy = button("live-copy", "Copy", toCopy);
  const download = button("live-download", "Download", toSave);
  const share = button("live-share", "Share", toShare);
  copy.title = "Copy the file in the editor";
  download.title = "Download the files, with how to run them";
  share.title = "Make a link to this code";
  return make("div", { className: "live-tools" }, [said, copy, download, share, link]);
}

// A reader may forbid it, and a page without HTTPS cannot.
async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    return done;
  } catch {
    return "This browser does not let the page copy: select and copy it yourself.";
  }
}

// `stdlib`: the modules that come with Python.
function save(example, editor, { site, stdlib }) {
  const url = location.href.split("#")[0];
  const title = document.title.split(" - ")[0];
  const place = { title, url, site };
  const bytes = zip(withReadme({ files: editor.files, example, place, stdlib }));
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const name = `${example.main.split("/").at(-1).replace(/\.py$/, "")}.zip`;
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // browsers read it later
  return `${name} downloaded.`;
}
