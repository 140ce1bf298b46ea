"""Complete a built site with what is no page: the runtime, plain pages, redirects, the policy."""

from pathlib import Path
from typing import Any

from livedocs import runtime
from livedocs.hosting import protect_site
from livedocs.llms import write_plain_pages
from livedocs.redirects import RedirectError, write_redirects
from livedocs.wheels import RuntimeBuildError

FAILURES = (RuntimeBuildError, RedirectError)


def complete_site(config: Any) -> None:
    """Write into a built site what its builder does not.

    Args:
        config: What mkdocs.yml says, by its names as attributes.

    Raises:
        RuntimeBuildError: The runtime of the live examples cannot be made.
        RedirectError: A redirect of `extra.redirects` cannot be.
    """
    site, docs, url = Path(config.site_dir), Path(config.docs_dir), config.site_url or "/"
    about = {"name": config.site_name, "description": config.site_description}
    runtime.build(site)
    write_plain_pages(site, docs=docs, nav=config.nav, site_url=url, **about)
    write_redirects(site, config.extra.get("redirects", {}), docs=docs, site_url=url)
    protect_site(site)
