"""What people are told: the inbox, live updates, the journal, channels, a sign-in link by mail."""

from tenants.notices.pages import channels, inbox, journal, link

urlpatterns = [
    *link.urlpatterns,
    *inbox.urlpatterns,
    *journal.urlpatterns,
    *channels.urlpatterns,
]
