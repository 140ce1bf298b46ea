// The theme puts the copy button of each code block into a <nav> without a name, so that a screen
// reader announces a landmark per block. It is none.
function mend() {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) {
    nav.setAttribute("role", "none");
  }
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
