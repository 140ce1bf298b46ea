"""The graph of providers: who asks for whom, checked before anything is set up.

asks for                     may get
a view, a hook, a handler    any provider
a provider of a request      any provider, and `req`, `res` or `ws`
a provider of the app        providers of the app
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin

from ._near_misses import find_near_miss
from .errors import ProviderError
from .providers import INPUTS, Provider, find_declared, stand_in
from .views import Parameter

__all__ = ["Graph", "Source"]

Source = Provider | str
"""Where a value comes from: a provider, or one of the inputs."""


class Graph:
    """Find providers by what parameters ask for, and order them.

    Args:
        providers: those that can be asked for by name.
        overrides: those that stand in for others of their names, in tests.
    """

    def __init__(
        self, providers: Mapping[str, Provider], overrides: Mapping[str, Provider] | None = None
    ) -> None:
        self.overrides = dict(overrides or {})
        self.providers = {**providers, **self.overrides}
        self._names = {id(provider.function): name for name, provider in providers.items()}
        self._sources: dict[Provider, dict[str, Source]] = {}

    @property
    def autouse(self) -> list[Provider]:
        """The providers that are set up for every view."""
        return [provider for provider in self.providers.values() if provider.is_autouse]

    def find(self, parameter: Parameter) -> Provider | None:
        """Return the provider a parameter asks for, by its annotation or by its name."""
        return self._find_annotated(parameter) or self.providers.get(parameter.name)

    def refer(self, reference: Any, *, by: str) -> Provider:
        """Return the provider that a name, or a declared function, refers to.

        Raises:
            ProviderError: there is none of that name; `by` tells who refers to it.
        """
        declared = find_declared(reference)
        if declared is not None:
            return self._own(declared)
        if reference in self.providers:
            return self.providers[reference]
        raise ProviderError(
            f"{by} uses the provider `{reference}`, which does not exist."
            f"{self.did_you_mean(reference)}"
        )

    def stand_in(self, values: Mapping[str, Any]) -> dict[str, Provider]:
        """Return the providers that provide these values, or call these functions, instead.

        Raises:
            ProviderError: there is no provider of a name.
        """
        return {
            name: stand_in(self.refer(name, by="override_providers"), value)
            for name, value in values.items()
        }

    def sources(self, provider: Provider) -> dict[str, Source]:
        """Return where what a provider asks for comes from, by the names of its parameters.

        Raises:
            ProviderError: something it asks for does not exist, or does not live long enough.
        """
        if provider not in self._sources:
            found = {
                parameter.name: source
                for parameter in provider.parameters
                if (source := self._resolve(provider, parameter)) is not None
            }
            self._sources[provider] = found
        return self._sources[provider]

    def order(self, wanted: Iterable[Provider]) -> list[Provider]:
        """Return the providers to set up, each after those that it asks for.

        What a lazy one asks for is not among them, unless something else asks for it.

        Raises:
            ProviderError: they ask for each other in a circle.
        """
        ordered: dict[Provider, None] = {}
        for provider in wanted:
            self._visit(provider, (), ordered=ordered)
        return list(ordered)

    def dependencies(self, provider: Provider) -> list[Provider]:
        """Return the providers that one asks for."""
        return [s for s in self.sources(provider).values() if isinstance(s, Provider)]

    def did_you_mean(self, name: str) -> str:
        """Return ` Did you mean the provider NAME?` when one is near, else nothing."""
        near = find_near_miss(name, self.providers)
        return f" Did you mean the provider `{near}`?" if near else ""

    def _visit(
        self, provider: Provider, path: tuple[Provider, ...], *, ordered: dict[Provider, None]
    ) -> None:
        if provider in path:
            circle = [*path[path.index(provider) :], provider]
            raise ProviderError(
                "providers ask for each other in a circle: "
                + " → ".join(f"`{member.name}`" for member in circle)
                + f". Begin with {provider.label}: take one of the parameters out."
            )
        if provider in ordered:
            return
        inner: dict[Provider, None] = {} if provider.is_lazy else ordered
        for dependency in self.dependencies(provider):
            self._visit(dependency, (*path, provider), ordered=inner)
        ordered[provider] = None

    def _find_annotated(self, parameter: Parameter) -> Provider | None:
        """Return the provider of `Annotated[T, provider_function]`."""
        annotation = parameter.annotation
        while hasattr(annotation, "__value__"):  # `type Name = ...`, from Python 3.12 on
            annotation = annotation.__value__
        if get_origin(annotation) is Annotated:
            for extra in get_args(annotation)[1:]:
                if declared := find_declared(extra):
                    return self._own(declared)
        return None

    def _own(self, declared: Provider) -> Provider:
        """Return what this application made of a function, which others may have declared since."""
        name = self._names.get(id(declared.function))
        if name is not None:
            return self.providers[name]
        return self.overrides.get(declared.name, declared)

    def _resolve(self, provider: Provider, parameter: Parameter) -> Source | None:
        found: Source | None = self.find(parameter)
        if found is None and parameter.name in INPUTS:
            found = parameter.name
        if found is None:
            if parameter.has_default:
                return None
            raise ProviderError(
                f"{provider.label} asks for `{parameter.name}`, which is neither a provider, nor "
                f"`req`, `res` or `ws`.{self.did_you_mean(parameter.name)}"
            )
        if provider.scope == "app" and not _is_of_app(found):
            what = found.label if isinstance(found, Provider) else f"`{found}`"
            raise ProviderError(
                f"{provider.label} lives as long as the application, and asks for {what}, which "
                "lives for a request: take @provider(scope='app') off the one, or put it on the "
                "other"
            )
        return found


def _is_of_app(source: Source) -> bool:
    return isinstance(source, Provider) and source.scope == "app"
