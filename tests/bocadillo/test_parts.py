from bocadillo import App, Request
from bocadillo._parts import Parts
from bocadillo._security import NO_SECURITY
from bocadillo.error_handlers import ErrorHandlers
from bocadillo.middleware._http import dispatch_plan
from tests.bocadillo.calls import make_providing, nothing


def test_parts_are_what_answers_requests_in_the_order_in_which_it_is_taken_apart() -> None:
    providing, handlers = make_providing(), ErrorHandlers()
    draining = App()._draining
    parts = Parts(
        app=nothing,
        dispatch=dispatch_plan,
        handlers=handlers,
        last=None,
        request_class=Request,
        security=NO_SECURITY,
        providing=providing,
        draining=draining,
    )
    assert parts == (
        nothing, dispatch_plan, handlers, None, Request, NO_SECURITY, providing, draining
    )  # fmt: skip
