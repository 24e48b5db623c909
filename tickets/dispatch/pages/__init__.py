"""On call: the rotas, the escalations, the calls, and who it is now, for Today."""

from tickets.dispatch.pages import calls, policies, rotas
from tickets.dispatch.pages.rotas import on_today

__all__ = ["on_today"]

urlpatterns = [*calls.urlpatterns, *policies.urlpatterns, *rotas.urlpatterns]
