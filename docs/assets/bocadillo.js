// The theme puts the copy button of each code block into a <nav> without a name, so that a screen
// reader announces a landmark per block. It is none.
// And it lets tables wider than the screen scroll, but with a pointer only: the Tab key goes past.
const wraps = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  }
});

function mend() {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) {
    nav.setAttribute("role", "none");
  }
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    wrap.tabIndex = -1;
    wraps.observe(wrap);
  }
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
