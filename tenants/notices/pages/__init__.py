"""What people are told: the inbox, live updates, the journal, and a sign-in link by mail."""

from tenants.notices.pages import inbox, journal, link

urlpatterns = [*link.urlpatterns, *inbox.urlpatterns, *journal.urlpatterns]
